"""Tokens lose no character of any text, and know what each database writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alembic.schema.tokens import (
    MSSQL,
    MYSQL,
    ORACLE,
    POSTGRESQL,
    SQLITE,
    STANDARD,
    Flavour,
    Kind,
    significant,
    significant_tokens,
    tokens,
    unquoted,
)

FLAVOURS = {
    "standard": STANDARD,
    "postgresql": POSTGRESQL,
    "mysql": MYSQL,
    "sqlite": SQLITE,
    "mssql": MSSQL,
    "oracle": ORACLE,
}
_PIECES = """' " ` [ ] -- /* */ $$ $a$ # \\ ( ) E' q'[ :: a é 1 .5 1e3 0x1F <= - + @> x' CHECK ; 😀"""
PIECES = st.lists(st.sampled_from([*_PIECES.split(), " ", "\n", "\0"])).map("".join)


@pytest.mark.parametrize("flavour", FLAVOURS.values(), ids=FLAVOURS)
@given(text=st.one_of(PIECES, st.text()))
def test_tokens_are_the_text(flavour: Flavour, text: str) -> None:
    found = tokens(text, flavour)
    assert "".join(token.text for token in found) == text
    assert all(text[token.start : token.end] == token.text for token in found)
    assert significant_tokens(text, flavour) == significant(found)


@pytest.mark.parametrize(
    ("flavour", "text", "expected"),
    [
        (SQLITE, "[a b]", [(Kind.NAME, "[a b]")]),
        (SQLITE, '"a""b"', [(Kind.NAME, '"a""b"')]),
        (SQLITE, "x'00'", [(Kind.STRING, "x'00'")]),
        (SQLITE, "max'1'", [(Kind.WORD, "max"), (Kind.STRING, "'1'")]),
        (SQLITE, "a->>'b'", [(Kind.WORD, "a"), (Kind.OPERATOR, "->>"), (Kind.STRING, "'b'")]),
        (SQLITE, "été€", [(Kind.WORD, "été€")]),
        (POSTGRESQL, "$a$it's $b$$a$", [(Kind.STRING, "$a$it's $b$$a$")]),
        (POSTGRESQL, r"E'a\'b'", [(Kind.STRING, r"E'a\'b'")]),
        (POSTGRESQL, r"'a\'", [(Kind.STRING, r"'a\'")]),
        (POSTGRESQL, "a@>-1", [(Kind.WORD, "a"), (Kind.OPERATOR, "@>-"), (Kind.NUMBER, "1")]),
        (
            POSTGRESQL,
            "a=-1",
            [(Kind.WORD, "a"), (Kind.OPERATOR, "="), (Kind.OPERATOR, "-"), (Kind.NUMBER, "1")],
        ),
        (POSTGRESQL, "/* a /* b */ c */1", [(Kind.NUMBER, "1")]),
        (MYSQL, r"'a\'b'", [(Kind.STRING, r"'a\'b'")]),
        (MYSQL, '"a"', [(Kind.STRING, '"a"')]),
        (MYSQL, "1--1", [(Kind.NUMBER, "1"), (Kind.OPERATOR, "-"), (Kind.OPERATOR, "-"), (Kind.NUMBER, "1")]),
        (MYSQL, "1 # it's\n", [(Kind.NUMBER, "1")]),
        (MSSQL, "[a]]b]", [(Kind.NAME, "[a]]b]")]),
        (MSSQL, "N'a'", [(Kind.STRING, "N'a'")]),
        (ORACLE, "q'[it's]'", [(Kind.STRING, "q'[it's]'")]),
        (ORACLE, "nq'!it's!'", [(Kind.STRING, "nq'!it's!'")]),
        (STANDARD, "'open", [(Kind.OTHER, "'"), (Kind.WORD, "open")]),
    ],
)
def test_what_each_database_writes(flavour: Flavour, text: str, expected: list[tuple[Kind, str]]) -> None:
    assert [(token.kind, token.text) for token in significant_tokens(text, flavour)] == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [('"a""b"', 'a"b'), ("[a b]", "a b"), ("`a``b`", "a`b"), ("'a'", "a"), ("plain", "plain"), ('"', '"')],
)
def test_a_name_without_its_quotes(text: str, name: str) -> None:
    assert unquoted(text) == name
