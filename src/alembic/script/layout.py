"""Generated Python in the layout that ``ruff format`` and ``black`` give it, so that they leave it alone.

Only what generated revisions consist of is laid out: calls, their nested arguments, displays of lists and
dictionaries, chains of calls. Comments stay. A statement with anything else in it, which can only come from
functions of an application, may be left as it is.
"""

from __future__ import annotations

import io
import re
import tokenize
import unicodedata
from collections.abc import Iterator, Sequence
from keyword import iskeyword
from tokenize import TokenInfo
from typing import NamedTuple, TypeAlias

WIDTH = 88
"""The line length that both formatters have unless told otherwise."""

#: Calls that have one argument a line even where they are short.
ONE_ARGUMENT_A_LINE = frozenset({"create_table"})

_CLOSING = {"(": ")", "[": "]", "{": "}"}
_SPACES = re.compile(r"[ \t]+")


class _Group:
    """A pair of brackets with the items between them.

    :param display: it stands for a value of its own, rather than for the arguments of a call.
    """

    __slots__ = ("display", "items", "lone_comma", "opening")

    def __init__(self, opening: str, display: bool) -> None:
        self.opening, self.display = opening, display
        self.items: list[list[_Part]] = []
        self.lone_comma = False
        """It holds one item and a comma, as tuples of one member do."""

    @property
    def closing(self) -> str:
        return _CLOSING[self.opening]

    def inside(self) -> str:
        return ", ".join(map(_flat, self.items)) + ("," if self.lone_comma else "")


_Part: TypeAlias = "str | _Group"


def laid_out(text: str, reserved: int = 0) -> str:
    """The statements in the layout of the formatters; as they are, if they can't be read as Python.

    :param reserved: the columns by which the text will be indented.
    """
    try:
        return "\n".join(_lines(text, WIDTH - reserved))
    except (tokenize.TokenError, SyntaxError):
        return text


def tidied(text: str) -> str:
    """A revision file with its docstring and its identifiers as the formatters have them.

    Templates write these by ``repr`` and with blanks at the ends of lines.
    """
    docstring = _DOCSTRING.match(text)
    if docstring:
        text = _TRAILING.sub("", docstring[0]) + text[docstring.end() :]
    return _IDENTIFIER.sub(lambda found: laid_out(found[0]), text)


_DOCSTRING = re.compile(r'"""[^"\\]*(?:"{1,2}(?!")[^"\\]*)*"""')
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
_IDENTIFIER = re.compile(r"^(?:down_)?revision\b.*=.*$|^(?:branch_labels|depends_on)\b.*=.*$", re.MULTILINE)


def string_literal(literal: str) -> str:
    """A string of Python in double quotes, unless these take more backslashes than single ones."""
    found = _PLAIN_STRING.fullmatch(literal)
    if found is None:
        return literal
    prefix, quote, body = found.groups()
    plain = re.sub(rf"(?<!\\)((?:\\\\)*)\\{quote}", rf"\1{quote}", body)
    new = '"' if plain.count('"') <= plain.count("'") else "'"
    escaped = re.sub(rf"(?<!\\)((?:\\\\)*){new}", rf"\1\\{new}", plain)
    return f"{prefix}{new}{escaped}{new}"


_PLAIN_STRING = re.compile(r"""(b?)('|")(?!\2\2)((?:\\.|(?!\2).)*)\2""", re.DOTALL)


def _lines(text: str, width: int) -> Iterator[str]:
    blank = True
    source = text.split("\n")
    for statement in _statements(text):
        if not statement:
            if not blank:
                yield ""
            blank = True
            continue
        blank = False
        indent = statement[0].start[1]
        if statement[0].type == tokenize.COMMENT:
            yield " " * indent + _comment(statement[0].string)
        elif any(map(_is_beyond_us, statement)):
            yield _source(source, statement)
        else:
            parts, _ = _parse(statement, 0)
            yield from _Page(width).statement(parts, indent)


def _statements(text: str) -> Iterator[list[TokenInfo]]:
    """The tokens of each statement, or of a comment on a line of its own; none for a blank line."""
    statement: list[TokenInfo] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER):
            continue
        if token.type == tokenize.NEWLINE:
            yield statement
            statement = []
        elif token.type == tokenize.NL:
            if not statement and not token.line.strip():
                yield []
        elif token.type == tokenize.COMMENT and not statement:
            yield [token]
        else:
            statement.append(token)


def _is_beyond_us(token: TokenInfo) -> bool:
    return token.type not in (tokenize.NAME, tokenize.NUMBER, tokenize.STRING, tokenize.OP) or (
        token.start[0] != token.end[0]
    )


def _source(source: Sequence[str], statement: Sequence[TokenInfo]) -> str:
    lines = source[statement[0].start[0] - 1 : statement[-1].end[0]]
    return "\n".join(line.rstrip() if len(lines) == 1 else line for line in lines)


def _comment(text: str) -> str:
    return f"# {text[1:]}" if re.match(r"#[^\s!:#]", text) else text


def _parse(tokens: Sequence[TokenInfo], start: int) -> tuple[list[_Part], int]:
    """The parts from a token on, up to the comma or bracket that ends them at their depth."""
    parts: list[_Part] = []
    at = start
    while at < len(tokens):
        token = tokens[at]
        if start and token.string in (",", ")", "]", "}") and token.type == tokenize.OP:
            break
        if at > start:
            _add_text(parts, _gap(tokens[at - 1], token))
        if token.type == tokenize.OP and token.string in _CLOSING:
            group, at = _parse_group(tokens, at)
            parts.append(group)
            continue
        _add_text(parts, _spelled(token))
        at += 1
    return parts, at


def _parse_group(tokens: Sequence[TokenInfo], at: int) -> tuple[_Group, int]:
    group = _Group(tokens[at].string, display=at == 0 or not _is_called(tokens[at - 1]))
    at += 1
    comma = False
    while tokens[at].string != group.closing:
        item, at = _parse(tokens, at)
        comma = tokens[at].string == ","
        at += comma
        if item:
            group.items.append(item)
    # Elsewhere a comma at the end says nothing.
    means_tuple = group.display if group.opening == "(" else group.opening == "[" and not group.display
    group.lone_comma = comma and len(group.items) == 1 and means_tuple
    return group, at + 1


def _is_called(token: TokenInfo) -> bool:
    """Whether a bracket after this token belongs to what it ends: a call, or a subscript."""
    if token.type == tokenize.NAME:
        return not iskeyword(token.string)
    return token.type == tokenize.STRING or token.string in (")", "]", "}")


def _spelled(token: TokenInfo) -> str:
    if token.type == tokenize.STRING:
        return string_literal(token.string)
    return token.string.replace("e+", "e") if token.type == tokenize.NUMBER else token.string


def _gap(before: TokenInfo, after: TokenInfo) -> str:
    if before.end[0] == after.start[0]:
        return _SPACES.sub(" ", " " * (after.start[1] - before.end[1]))
    return "" if after.string in (".", ")", "]", "}") or before.string in _CLOSING else " "


def _add_text(parts: list[_Part], text: str) -> None:
    if parts and isinstance(parts[-1], str):
        parts[-1] += text
    elif text:
        parts.append(text)


def _flat(parts: Sequence[_Part]) -> str:
    return "".join(
        part if isinstance(part, str) else part.opening + part.inside() + part.closing for part in parts
    )


class _Page(NamedTuple):
    """Lays parts out within a number of columns."""

    width: int

    def statement(self, parts: Sequence[_Part], indent: int) -> list[str]:
        """The lines of a statement."""
        at = _last_group(parts)
        if at is not None and _one_argument_a_line(parts, at):
            return self._opened(parts, at, indent, "", exploded=True)
        if self._fits(_flat(parts), indent):
            return [" " * indent + _flat(parts)]
        return self._split(parts, indent, "")

    def _item(self, parts: Sequence[_Part], indent: int, after: str) -> list[str]:
        """The lines of what stands in brackets, followed by ``after``."""
        if self._fits(_flat(parts) + after, indent):
            return [" " * indent + _flat(parts) + after]
        links = _links(parts)
        if len(links) > 2:
            lines = [line for link in links[:-1] for line in self._item(link, indent, "")]
            return lines + self._item(links[-1], indent, after)
        return self._split(parts, indent, after)

    def _split(self, parts: Sequence[_Part], indent: int, after: str) -> list[str]:
        """The lines, broken at the last brackets up to which they fit, if what follows fits too."""
        groups = [at for at, part in enumerate(parts) if isinstance(part, _Group) and part.items]
        if not groups:
            return [" " * indent + _flat(parts) + after]
        for at in reversed(groups):
            if not self._fits("x" + _flat(parts[at + 1 :]) + after, indent):
                break
            if self._fits(_head(parts, at), indent):
                return self._opened(parts, at, indent, after)
        return self._opened(parts, groups[-1], indent, after)

    def _opened(
        self, parts: Sequence[_Part], at: int, indent: int, after: str, *, exploded: bool = False
    ) -> list[str]:
        group = parts[at]
        assert isinstance(group, _Group)
        head = _head(parts, at)
        return [
            *(
                [" " * indent + head]
                if self._fits(head, indent)
                else self._split([*parts[:at], group.opening], indent, "")
            ),
            *self._inside(group, indent + 4, exploded),
            " " * indent + group.closing + _flat(parts[at + 1 :]) + after,
        ]

    def _inside(self, group: _Group, indent: int, exploded: bool) -> list[str]:
        several = len(group.items) > 1
        exploded = exploded or (several and group.display)
        if not exploded and self._fits(group.inside(), indent):
            return [" " * indent + group.inside()]
        if not several and not exploded:
            return self._item(group.items[0], indent, "," if group.lone_comma else "")
        return [line for item in group.items for line in self._item(item, indent, ",")]

    def _fits(self, text: str, indent: int) -> bool:
        return indent + _columns(text) <= self.width


def _columns(text: str) -> int:
    """The columns that a text takes in a terminal, which is what the formatters count."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(each) else 1 + (unicodedata.east_asian_width(each) in ("W", "F"))
        for each in text
    )


def _head(parts: Sequence[_Part], at: int) -> str:
    group = parts[at]
    assert isinstance(group, _Group)
    return _flat(parts[:at]) + group.opening


def _last_group(parts: Sequence[_Part]) -> int | None:
    groups = [at for at, part in enumerate(parts) if isinstance(part, _Group)]
    return groups[-1] if groups else None


def _one_argument_a_line(parts: Sequence[_Part], at: int) -> bool:
    group, before = parts[at], parts[at - 1] if at else ""
    if not isinstance(group, _Group) or not isinstance(before, str):
        return False
    return len(group.items) > 1 and before.rpartition(".")[2] in ONE_ARGUMENT_A_LINE


def _links(parts: Sequence[_Part]) -> list[list[_Part]]:
    """A chain of calls in pieces, each but the first beginning with the dot after a bracket."""
    links: list[list[_Part]] = [[]]
    for part in parts:
        if isinstance(part, str) and part.startswith(".") and links[-1] and isinstance(links[-1][-1], _Group):
            links.append([])
        links[-1].append(part)
    return links
