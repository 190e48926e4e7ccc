"""Settings: where their values come from, and what the text of one stands for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Protocol

from ..errors.configuration import ConfigValueInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping


class Settings(Protocol):
    """What is asked of a Config here."""

    def get_alembic_option(self, name: str, default: str | None = None) -> Any: ...


def setting(
    config: Settings, key: str, given: object = None, environment: Mapping[str, str] = os.environ
) -> object:
    """The value of a setting, as text or as TOML has it; None if nobody has said anything.

    An option of the command line wins over the environment variable ``ALEMBIC_<KEY>``, which wins over the
    configuration files. A variable that is empty says nothing.

    :param key: as the files have it.
    :param given: the option; None if it was not given.
    """
    if given is not None:
        return given
    value: object = environment.get(f"ALEMBIC_{key.upper()}") or config.get_alembic_option(key)
    return value


def is_on(config: Settings, key: str, given: bool | None = None, *, default: bool = False) -> bool:
    """Whether a setting is on; see :func:`setting`.

    :raises ConfigValueInvalid: its value is neither true nor false.
    """
    value = setting(config, key, given)
    return default if value is None else truth_of(key, value)


def number_of(config: Settings, key: str, given: float | None = None, *, default: float) -> float:
    """A setting that is a number, such as seconds; see :func:`setting`.

    :raises ConfigValueInvalid: its value is no number, or less than zero.
    """
    value = setting(config, key, given)
    if value is None:
        return default
    try:
        number = float(str(value).strip())
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise ConfigValueInvalid(key, str(value), "a number that is not negative")
    return number


_TRUE = frozenset({"true", "yes", "on", "y", "t", "1"})
_FALSE = frozenset({"false", "no", "off", "n", "f", "0", ""})


def truth_of(key: str, value: object) -> bool:
    """Whether a setting is on: a boolean or number itself, or a word such as ``true`` or ``no``.

    :raises ConfigValueInvalid: the word is none of the usual ones.
    """
    if not isinstance(value, str):
        return bool(value)
    word = value.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ConfigValueInvalid(key, value, "true or false")
