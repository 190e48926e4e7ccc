"""What accompanies the runs of commands that change a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..configuration import Config
    from ..runtime.companions import Factory


def companions(config: Config) -> tuple[Factory, ...]:
    """Makers of the companions of a run, in the order in which they come; see :mod:`..runtime.companions`.

    :param config: says which of them are wanted, and how.
    """
    return ()
