"""The definition of a column in the words of SHOW CREATE TABLE, which leaves nothing out.

What nobody asks to change stays as the server wrote it, whatever it is: INVISIBLE, COMPRESSED, and what later
versions may think of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import NamedTuple

from ...schema.tokens import MYSQL, Flavour, Kind, Token, tokens, unquoted

# Where double quotes are those of names.
ANSI = replace(MYSQL, string_quotes="'")


class Part(IntEnum):
    """What a clause is about, in an order that both servers take."""

    TYPE = 1
    CHARSET = 2
    COLLATION = 3
    GENERATED = 4
    NULLABILITY = 5
    DEFAULT = 6
    ON_UPDATE = 7
    AUTO_INCREMENT = 8
    COMMENT = 9
    OTHER = 10
    CHECK = 11


class Clause(NamedTuple):
    """A part of a definition, as it stands there."""

    part: Part
    text: str


@dataclass(frozen=True, slots=True)
class Definition:
    """All that CREATE TABLE says of a column after its name."""

    clauses: tuple[Clause, ...]

    def __str__(self) -> str:
        return " ".join(clause.text for clause in self.clauses)

    def __getitem__(self, part: Part) -> str:
        """The clause's text; empty where there is none."""
        return next((clause.text for clause in self.clauses if clause.part is part), "")

    def __contains__(self, part: Part) -> bool:
        return part in self.parts

    @property
    def parts(self) -> frozenset[Part]:
        """What there are clauses about."""
        return frozenset(clause.part for clause in self.clauses)

    def having(self, part: Part, text: str) -> Definition:
        """The definition with this clause, in the place of the one that it has or where one may stand."""
        if part in self:
            return Definition(
                tuple(Clause(part, text) if clause.part is part else clause for clause in self.clauses)
            )
        # What is not known stays behind what it followed.
        before = [
            place
            for place, clause in enumerate(self.clauses)
            if clause.part < part and (clause.part is not Part.OTHER or part is Part.CHECK)
        ]
        place = before[-1] + 1 if before else 0
        return Definition((*self.clauses[:place], Clause(part, text), *self.clauses[place:]))

    def without(self, *parts: Part) -> Definition:
        """The definition without these clauses."""
        return Definition(tuple(clause for clause in self.clauses if clause.part not in parts))

    def without_words(self, words: str) -> Definition:
        """The definition without the unknown clauses that hold these words."""
        return Definition(
            tuple(
                clause
                for clause in self.clauses
                if clause.part is not Part.OTHER or words not in clause.text.upper()
            )
        )

    def after_renaming(self, old: str, new: str, flavour: Flavour) -> Definition:
        """The definition when the column has another name.

        :param new: in quotes if need be.
        """
        if Part.CHECK not in self:
            return self
        texts = (
            new if token.kind is Kind.NAME and unquoted(token.text).lower() == old.lower() else token.text
            for token in tokens(self[Part.CHECK], flavour)
        )
        return self.having(Part.CHECK, "".join(texts))


def column_definition(create_table: str, column: str, flavour: Flavour = MYSQL) -> Definition | None:
    """What the text of SHOW CREATE TABLE says of a column; None if it has no such column."""
    for item in _items(tokens(create_table, flavour)):
        name, *words = _words(item)
        # Columns come first, their names are compared without regard to case.
        if unquoted(name).lower() == column.lower():
            return Definition(tuple(_clauses(words)))
    return None


def _items(found: list[Token]) -> Iterator[list[Token]]:
    """What is between the outermost parentheses, divided at the commas."""
    depth = 0
    item: list[Token] = []
    for token in found:
        depth += _step(token)
        ends = depth == 0 or (depth == 1 and token.text == ",")
        if item and ends:
            yield item
            item = []
        elif depth > 0 and (item or token.kind in (Kind.NAME, Kind.WORD)):
            item.append(token)


def _words(item: list[Token]) -> list[str]:
    """The item divided at white space that is not within parentheses."""
    words, depth = [""], 0
    for token in item:
        depth += _step(token)
        if token.kind is Kind.SPACE and depth == 0:
            words.append("")
        else:
            words[-1] += token.text
    return [word for word in words if word]


def _step(token: Token) -> int:
    if token.kind is not Kind.OPERATOR:
        return 0
    return {"(": 1, ")": -1}.get(token.text, 0)


_PARTS = (
    (Part.CHARSET, ("CHARACTER", "SET"), 1),
    (Part.COLLATION, ("COLLATE",), 1),
    (Part.GENERATED, ("GENERATED", "ALWAYS", "AS", "ROW"), 1),  # START or END, of a versioned table
    (Part.GENERATED, ("GENERATED", "ALWAYS", "AS"), 1),
    (Part.NULLABILITY, ("NOT", "NULL"), 0),
    (Part.NULLABILITY, ("NULL",), 0),
    (Part.DEFAULT, ("DEFAULT",), 1),
    (Part.ON_UPDATE, ("ON", "UPDATE"), 1),
    (Part.AUTO_INCREMENT, ("AUTO_INCREMENT",), 0),
    (Part.COMMENT, ("COMMENT",), 1),
    (Part.CHECK, ("CHECK",), 1),
)
_OF_TYPES = frozenset(("UNSIGNED", "ZEROFILL", "SIGNED", "PRECISION"))
_STORAGE = frozenset(("VIRTUAL", "STORED", "PERSISTENT"))


def _clauses(words: list[str]) -> Iterator[Clause]:
    said = [word.upper() for word in words]
    at = 1
    while at < len(words) and said[at] in _OF_TYPES:
        at += 1
    yield Clause(Part.TYPE, " ".join(words[:at]))
    while at < len(words):
        part, end = _clause_at(said, at)
        yield Clause(part, " ".join(words[at:end]))
        at = end


def _clause_at(said: list[str], at: int) -> tuple[Part, int]:
    """What begins at a word, and where it ends."""
    for part, begin, more in _PARTS:
        if tuple(said[at : at + len(begin)]) == begin:
            end = at + len(begin) + more
            if part is Part.GENERATED and end < len(said) and said[end] in _STORAGE:
                end += 1
            return part, end
    return Part.OTHER, at + 1
