"""What accompanies the runs of commands that change a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..configuration import Config
    from ..journal.decision import Decision
    from ..runtime.companions import Factory


def companions(
    config: Config, lock_wait: float | None = None, decision: Decision | None = None
) -> tuple[Factory, ...]:
    """Makers of the companions of a run, in the order in which they come; see :mod:`..runtime.companions`.

    :param config: says which of them are wanted, and how.
    :param lock_wait: seconds to wait for another run, if the command was told.
    :param decision: about statements of an interrupted run; such a run is always recorded.
    """
    from ..configuration.values import is_on, number_of, setting
    from ..limits.companion import limits, patience
    from ..runtime.standing import Account

    made: list[Factory] = [limits(config)]
    if is_on(config, "lock", default=True):
        from ..locking import locks

        version = setting(config, "application_version")
        wait = number_of(config, "lock_wait", lock_wait, default=300)
        application = None if version is None else str(version)
        made.append(locks(wait=wait, application=application, file_wait=patience(config)))
    is_recorded = decision is not None or is_on(config, "recovery", default=True)
    made.append(lambda context: Account(context, is_recorded=is_recorded))
    if is_recorded:
        from ..journal.recovery import Recovery

        made.append(lambda context: Recovery(context, decision))
    from ..journal.recorder import recorders

    recorder = recorders(config)
    if recorder is not None:
        made.append(recorder)
    return tuple(made)
