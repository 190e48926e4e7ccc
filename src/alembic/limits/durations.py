"""The text of a time."""

from __future__ import annotations

import re

from ..errors.configuration import ConfigValueInvalid

EXPECTED = "a time such as 5, 0.5, 500ms, 5s, 2min or 1h (without a unit: seconds)"

_TIME = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m|min|h)?\s*", re.IGNORECASE)
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


def seconds_of(key: str, value: object) -> float:
    """The seconds that a setting stands for.

    :param key: what it is called.
    :raises ConfigValueInvalid: it stands for none.
    """
    found = None if isinstance(value, bool) else _TIME.fullmatch(str(value))
    if found is None:
        raise ConfigValueInvalid(key, str(value), EXPECTED)
    return float(found[1]) * _SECONDS[(found[2] or "s").lower()]


def spelled(seconds: float) -> str:
    """The shortest text for a time that a person would write."""
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds * 1000:g} ms" if 0 < seconds < 1 else f"{seconds:g} s"
