"""Identifiers of revision files that were edited by hand, yet keep to plain lines at their head."""

from __future__ import annotations

import re

from alembic.script.graph import Node
from alembic.script.header import ANNOTATION, IDENTIFIERS, STRING, may_rebind

_END = r"[ \t]*(?:\#[^\n]*)?(?:\n|\Z)"
_BLANK = r"(?:[ \t]*(?:\#[^\n]*)?\n)*"
_NOT_OURS = rf"(?!(?:{'|'.join(IDENTIFIERS)})\b)"
_NAME = rf"{_NOT_OURS}\w+(?:[ \t]+as[ \t]+{_NOT_OURS}\w+)?"

_DOC = re.compile(
    rf"\ufeff?{_BLANK}"
    r"""(?:(?:"{3}(?P<long>[^"\\]*(?:"{1,2}(?!")[^"\\]*)*)"{3}"""
    r"""|'(?!')(?P<single>[^'\\\n]+)'|"(?!")(?P<double>[^"\\\n]+)")"""
    rf"{_END})?"
)
_IMPORTS = re.compile(
    rf"(?:{_BLANK}(?:import[ \t]+{_NOT_OURS}[\w.]+(?:[ \t]+as[ \t]+{_NOT_OURS}\w+)?{_END}"
    rf"|from[ \t]+[\w.]+[ \t]+import[ \t]+(?:{_NAME}(?:[ \t]*,[ \t]*{_NAME})*"
    rf"|\(\s*{_NAME}(?:\s*,\s*{_NAME})*\s*,?\s*\)){_END}))+",
    re.ASCII,
)
_ASSIGNMENT = re.compile(
    rf"{_BLANK}(?P<name>{'|'.join(IDENTIFIERS)}){ANNOTATION}=[ \t]*"
    rf"(?:(?P<one>None|{STRING})|(?P<many>[(\[]\s*(?:{STRING}\s*(?:,\s*{STRING}\s*)*,?\s*)?[)\]])){_END}",
    re.ASCII,
)
_EACH_STRING = re.compile(STRING)


def scan_items(path: str, text: str) -> Node | None:
    """Return what the file declares if it begins with identifiers, imports and a docstring; else None.

    Identifiers may come in any order, hold several ids, be missing, or come twice, when the last one counts.
    """
    start = _DOC.match(text)
    if start is None:  # pragma: no cover - every part of the expression is optional
        return None
    found: dict[str, tuple[str, ...]] = {}
    end = start.end()
    while True:
        if assignment := _ASSIGNMENT.match(text, end):
            name, one, many = assignment.groups()
            if many is not None:
                if name == "revision" or many[0] + many[-1] not in ("()", "[]"):
                    return None
                found[name] = tuple(string[1:-1] for string in _EACH_STRING.findall(many))
            else:
                found[name] = () if one == "None" else (one[1:-1],)
            end = assignment.end()
        elif imports := _IMPORTS.match(text, end):
            end = imports.end()
        else:
            break
    if not found.get("revision") or "down_revision" not in found or may_rebind(text[end:]):
        return None
    return Node(
        found["revision"][0],
        found["down_revision"],
        found.get("depends_on", ()),
        found.get("branch_labels", ()),
        path,
        start[start.lastgroup] if start.lastgroup else None,
    )
