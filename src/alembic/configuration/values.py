"""Values whose text stands for something else."""

from __future__ import annotations

from ..errors.configuration import ConfigValueInvalid

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
