"""Revision ranges as the commands take them."""

from __future__ import annotations

from ..errors.commands import RevisionRangeInvalid


def split_range(revision: str, sql: bool) -> tuple[str | None, str]:
    """Start and target of ``from:to``; no start if only a target is given."""
    if ":" not in revision:
        return None, revision
    if not sql:
        raise RevisionRangeInvalid(
            "Range revision not allowed", hint="Only --sql takes a range; else the database knows the start."
        )
    start, _, target = revision.partition(":")
    if not target or ":" in target:
        raise RevisionRangeInvalid(f"Revision range '{revision}' is not of the form <fromrev>:<torev>")
    return start or None, target


def split_history_range(rev_range: str | None) -> tuple[str | None, str | None]:
    """The two ends of ``[start]:[end]``, None for one that is not given."""
    if rev_range is None:
        return None, None
    start, colon, end = rev_range.strip().partition(":")
    if not colon or ":" in end:
        raise RevisionRangeInvalid("History range requires [start]:[end], [start]:, or :[end]")
    return start or None, end or None
