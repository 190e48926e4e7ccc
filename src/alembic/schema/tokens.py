"""SQL text as tokens, for every database that we know: no character is lost, none is interpreted.

``"".join(token.text for token in tokens(text, flavour)) == text`` holds for any text, valid SQL or not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import NamedTuple


class Kind(Enum):
    """What a token is."""

    SPACE = "space"
    COMMENT = "comment"
    STRING = "string"
    NAME = "quoted name"
    WORD = "word"
    NUMBER = "number"
    OPERATOR = "operator"
    OTHER = "other"  # nothing that SQL knows, such as the quote of a string without end


class Token(NamedTuple):
    """A piece of the text, as it stands there."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where the next token begins."""
        return self.start + len(self.text)

    @property
    def word(self) -> str:
        """A bare word in upper case, for comparing with keywords; the empty string for everything else."""
        return self.text.upper() if self.kind is Kind.WORD else ""


@dataclass(frozen=True, slots=True)
class Flavour:
    """What of SQL's smallest parts differs from database to database.

    :param backslashes: escape in ordinary strings.
    :param quotes: opening quotes of identifiers, beside the double quote.
    :param string_quotes: what opens a string.
    :param prefixes: letters that make an ordinary string a special one, such as ``x'00'``.
    :param escaped_prefixes: those of them that allow backslashes.
    :param dollars: ``$tag$ … $tag$`` is a string.
    :param q_strings: Oracle's ``q'[ … ]'``.
    :param hashes: ``#`` begins a comment.
    :param dashes_need_space: ``--1`` is no comment.
    :param nested_comments: comments within comments.
    :param free_operators: any run of operator characters is one operator (PostgreSQL), not only known ones.
    :param word_characters: what else may be part of a bare word, as regular-expression characters.
    :param keeps_case: names in quotes differ from each other by case.
    :param renames_functions: the server may show a function under another of its names.
    :param doubled_brackets: ``]]`` is a bracket within a name in brackets.
    """

    backslashes: bool = False
    quotes: str = ""
    string_quotes: str = "'"
    prefixes: str = "NBX"
    escaped_prefixes: str = ""
    dollars: bool = False
    q_strings: bool = False
    hashes: bool = False
    dashes_need_space: bool = False
    nested_comments: bool = False
    free_operators: bool = False
    word_characters: str = "$"
    keeps_case: bool = True
    renames_functions: bool = False
    doubled_brackets: bool = False


STANDARD = Flavour()
POSTGRESQL = Flavour(escaped_prefixes="E", dollars=True, nested_comments=True, free_operators=True)
MYSQL = Flavour(
    backslashes=True,
    renames_functions=True,
    quotes="`",
    string_quotes="'\"",
    hashes=True,
    dashes_need_space=True,
    keeps_case=False,
)
SQLITE = Flavour(quotes="`[", prefixes="X", word_characters=r"$\x7f-\U0010ffff", keeps_case=False)
MSSQL = Flavour(
    quotes="[",
    prefixes="N",
    nested_comments=True,
    word_characters="$@#",
    keeps_case=False,
    doubled_brackets=True,
)
ORACLE = Flavour(prefixes="N", q_strings=True, word_characters="$#")


def tokens(text: str, flavour: Flavour = STANDARD) -> list[Token]:
    """All tokens of the text, white space and comments included."""
    scanner, kinds = _scanner(flavour), _KINDS
    if not (flavour.nested_comments or flavour.free_operators):
        return [Token(kinds[hit.lastgroup], hit.group(), hit.start()) for hit in scanner.finditer(text)]
    found: list[Token] = []
    position, length = 0, len(text)
    while position < length:
        hit = scanner.match(text, position)
        assert hit is not None  # the last alternative takes any character
        kind, end = kinds[hit.lastgroup], hit.end()
        if kind is Kind.COMMENT and flavour.nested_comments and text.startswith("/*", position):
            end = _end_of_nested(text, position)
        elif kind is Kind.OPERATOR and flavour.free_operators:
            end = _end_of_operator(text, position, end)
        found.append(Token(kind, text[position:end], position))
        position = end
    return found


def significant(found: list[Token]) -> list[Token]:
    """The tokens without white space and comments."""
    return [token for token in found if token.kind is not Kind.SPACE and token.kind is not Kind.COMMENT]


def significant_tokens(text: str, flavour: Flavour = STANDARD) -> list[Token]:
    """The tokens of the text, but white space and comments."""
    if flavour.nested_comments or flavour.free_operators:
        return significant(tokens(text, flavour))
    kinds, skipped = _KINDS, _SKIPPED
    return [
        Token(kinds[group], hit[0], hit.start())
        for hit in _scanner(flavour).finditer(text)
        if (group := hit.lastgroup) not in skipped
    ]


def unquoted(text: str) -> str:
    """The name that an identifier, in any database's quotes or in none, stands for; its case is kept."""
    if len(text) < 2:
        return text
    first, last = text[0], text[-1]
    if first == "[" and last == "]":
        return text[1:-1].replace("]]", "]")
    if first == last and first in "\"`'":
        return text[1:-1].replace(first * 2, first)
    return text


_KINDS: dict[str | None, Kind] = {
    "space": Kind.SPACE,
    "comment": Kind.COMMENT,
    "string": Kind.STRING,
    "name": Kind.NAME,
    "word": Kind.WORD,
    "number": Kind.NUMBER,
    "operator": Kind.OPERATOR,
    "other": Kind.OTHER,
}
_SKIPPED = frozenset(("space", "comment"))
_KNOWN_OPERATORS = (
    "::=", "->>", "<=>", "||", "->", "<=", "<>", ">=", "!=", "==", "<<", ">>", "&&", ":=", "::", "^=", "**",
)  # fmt: skip
_FREE = r"[-+*/<>=~!@#%^&|`?]+"


@cache
def _scanner(flavour: Flavour) -> re.Pattern[str]:
    parts = {
        "space": r"\s+",
        "comment": "|".join(_comments(flavour)),
        "string": "|".join(_strings(flavour)),
        "name": "|".join(_names(flavour)),
        "number": r"0[xX][0-9a-fA-F]+|(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?",
        "word": rf"(?:[^\W\d]|[{flavour.word_characters}])(?:\w|[{flavour.word_characters}])*",
        "operator": "|".join(_operators(flavour)),
        "other": ".",
    }
    return re.compile("|".join(f"(?P<{name}>{part})" for name, part in parts.items()), re.DOTALL)


def _comments(flavour: Flavour) -> list[str]:
    found = [r"--(?=\s|\Z)[^\n]*" if flavour.dashes_need_space else r"--[^\n]*"]
    if flavour.hashes:
        found.append(r"\#[^\n]*")
    return [*found, r"/\*.*?(?:\*/|\Z)"]


def _strings(flavour: Flavour) -> list[str]:
    def quoted(quote: str, backslashes: bool) -> str:
        inner = rf"[^{quote}\\]|\\.|{quote}{quote}" if backslashes else f"[^{quote}]|{quote}{quote}"
        return f"{quote}(?:{inner})*{quote}"

    found = []
    if flavour.q_strings:
        pairs = ((r"\[", r"\]"), (r"\{", r"\}"), (r"\(", r"\)"), ("<", ">"))
        found += [rf"[nN]?[qQ]'{opening}.*?{closing}'" for opening, closing in pairs]
        found.append(r"[nN]?[qQ]'(?P<delimiter>[^\s\[{(<]).*?(?P=delimiter)'")
    if flavour.escaped_prefixes:
        letters = flavour.escaped_prefixes + flavour.escaped_prefixes.lower()
        found.append(f"[{letters}]{quoted(chr(39), True)}")
    letters = flavour.prefixes + flavour.prefixes.lower()
    found.append(f"[{letters}]{quoted(chr(39), flavour.backslashes)}")
    if flavour.dollars:
        found += [r"[uU]&" + quoted("'", False), r"\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$"]
    return found + [quoted(quote, flavour.backslashes) for quote in flavour.string_quotes]


def _names(flavour: Flavour) -> list[str]:
    found = []
    if '"' not in flavour.string_quotes:
        found.append(r'(?:[uU]&)?"(?:[^"]|"")*"' if flavour.dollars else r'"(?:[^"]|"")*"')
    if "`" in flavour.quotes:
        found.append("`(?:[^`]|``)*`")
    if "[" in flavour.quotes:
        found.append(r"\[(?:[^\]]|\]\])*\]" if flavour.doubled_brackets else r"\[[^\]]*\]")
    return found


def _operators(flavour: Flavour) -> list[str]:
    known = [re.escape(operator) for operator in _KNOWN_OPERATORS]
    singles = r"[-+*/<>=~!%^&|?(),.;:\[\]{}@]"
    return ["::", ":=", _FREE, singles] if flavour.free_operators else [*known, singles]


def _end_of_nested(text: str, position: int) -> int:
    depth = 0
    for hit in re.compile(r"/\*|\*/").finditer(text, position):
        depth += 1 if hit.group() == "/*" else -1
        if depth == 0:
            return hit.end()
    return len(text)


def _end_of_operator(text: str, position: int, end: int) -> int:
    """An operator stops before a comment, and ends in + or - only if it holds some stranger character.

    https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-OPERATORS
    """
    run = text[position:end]
    for comment in ("--", "/*"):
        at = run.find(comment, 1)
        if at > 0:
            run = run[:at]
    while len(run) > 1 and run[-1] in "+-" and not any(character in "~!@#%^&|`?" for character in run):
        run = run[:-1]
    return position + len(run)
