"""The file name of a new revision, and the time that it carries."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from alembic.errors.writing import FileTemplateInvalid, TimezoneNotFound

if TYPE_CHECKING:
    import datetime


def slug(message: str | None, limit: int) -> str:
    """The words of a message, lower-cased and joined by ``_``, whole words up to about ``limit`` characters.

    A slug that was cut ends in ``_``; a single word longer than the limit is cut inside.
    """
    words = "_".join(re.findall(r"\w+", message or "")).lower()
    if len(words) <= limit:
        return words
    kept = words[:limit]
    return kept.rpartition("_")[0] + "_" if "_" in kept else kept + "_"


def file_name(
    template: str, revision: str, message: str | None, created: datetime.datetime, slug_limit: int
) -> str:
    """The path of a revision file inside its version location: ``file_template`` filled in, with ``.py``.

    :raises FileTemplateInvalid: the template uses a token that doesn't exist or is not a valid %-format.
    """
    tokens = {
        "rev": revision,
        "slug": slug(message, slug_limit),
        "epoch": int(created.timestamp()),
        **{unit: getattr(created, unit) for unit in ("year", "month", "day", "hour", "minute", "second")},
    }
    try:
        name = template % tokens
    except (KeyError, ValueError, TypeError) as error:
        raise FileTemplateInvalid(template, error, tuple(tokens)) from error
    return f"{os.path.normpath(name)}.py"


def creation_time(timezone: str | None) -> datetime.datetime:
    """The present time: naive local time, or aware in the zone of the ``timezone`` setting.

    :raises TimezoneNotFound: the zone's name is known neither as given nor in capitals.
    """
    import datetime

    if not timezone:
        return datetime.datetime.now()
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    for name in (timezone, timezone.upper()):
        try:
            return datetime.datetime.now(ZoneInfo(name))
        except (ZoneInfoNotFoundError, ValueError, OSError):  # the latter two: "../x", a folder's name
            continue
    raise TimezoneNotFound(timezone)


def new_identifier() -> str:
    """A random revision identifier: twelve hexadecimal digits."""
    return os.urandom(6).hex()
