"""Differences of expressions that only a server could judge, for databases whose server is not asked.

Servers rewrite what they store: SQL Server turns IN into a chain of ORs and CAST into CONVERT, Oracle quotes
every name. Where both texts hold nothing that is ever rewritten a difference is certain; where one of them
does, the two are taken to be the same.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

from .shapes import Check, Column, Index, Table
from .tokens import Flavour, Kind, significant_tokens

Shape = TypeVar("Shape", Check, Index)

_SURE_OPERATORS = frozenset(("(", ")", ",", "=", "<", ">", "<=", ">=", "<>", "+", "-", "*", "/", "."))
_KEYWORDS = frozenset(
    """BETWEEN BY CASE CAST COALESCE COLLATE CONVERT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP
    CURRENT_USER DATE DISTINCT ELSE END ESCAPE EXISTS EXTRACT FROM GETDATE IIF IN INTERVAL NULLIF
    OVER SELECT SYSDATE SYSTIMESTAMP THEN TIMESTAMP TRIM USER WHEN""".split()  # noqa: SIM905
)
_EXPRESSION = re.compile(r"\((.*)\)((?: COLLATE \w+)?(?: DESC)?)", re.DOTALL)


def is_certain(text: str, flavour: Flavour) -> bool:
    """Whether an expression holds nothing but names, values, calls, comparisons, arithmetic, AND and OR."""
    found = significant_tokens(text, flavour)
    if flavour.renames_functions and any(
        token.kind in (Kind.WORD, Kind.NAME) and following.text == "(" for token, following in pairwise(found)
    ):
        return False
    for token in found:
        if token.kind is Kind.OPERATOR:
            if token.text not in _SURE_OPERATORS:
                return False
        elif token.kind is Kind.OTHER or token.word in _KEYWORDS:
            return False
    # NOT is moved around by optimisers of expressions, but for IS NOT NULL.
    words = [token.word for token in found]
    return all(words[at - 1] == "IS" for at, word in enumerate(words) if word == "NOT")


def believed(database: Table, model: Table, flavour: Flavour) -> Table:
    """The model's table, with the database's expressions where it is not certain that they differ."""
    columns = {
        name: _column(column, database.columns.get(name), flavour) for name, column in model.columns.items()
    }
    return replace(
        model,
        columns=columns,
        checks=tuple(_check(check, database.checks, flavour) for check in model.checks),
        indexes=tuple(_index(index, database.indexes, flavour) for index in model.indexes),
    )


def believed_further(database: Table, model: Table, flavour: Flavour) -> Table:
    """The same for defaults, and CHECKs without names, each of which is taken for one that is left over."""
    columns = dict(model.columns)
    for name, column in model.columns.items():
        present = database.columns.get(name)
        if present is not None and present.default is not None and column.default is not None:
            columns[name] = replace(column, default=_sure(present.default, column.default, flavour))
    named, texts = {each.name for each in model.checks}, {each.text for each in model.checks}
    spare = [each.text for each in database.checks if each.name not in named and each.text not in texts]
    known = {each.text for each in database.checks}
    checks = []
    for check in model.checks:
        if check.name is None and check.text not in known and spare:
            check = replace(check, text=_sure(spare.pop(0), check.text, flavour))
        checks.append(check)
    return replace(model, columns=columns, checks=tuple(checks))


def without_unnamed_checks(database: Table, model: Table, given_name: re.Pattern[str]) -> tuple[Table, Table]:
    """Both without the CHECKs that nobody gave a name: only their texts could tell which of them is which.

    :param given_name: what names look like that the server makes up.
    """
    present = (each for each in database.checks if each.name and not given_name.fullmatch(each.name))
    wanted = (each for each in model.checks if each.name)
    return replace(database, checks=tuple(present)), replace(model, checks=tuple(wanted))


def _column(column: Column, present: Column | None, flavour: Flavour) -> Column:
    if present is None or present.computed is None or column.computed is None:
        return column
    text = _sure(present.computed.text, column.computed.text, flavour)
    return replace(column, computed=replace(column.computed, text=text))


def _check(check: Check, present: tuple[Check, ...], flavour: Flavour) -> Check:
    same = _named(check, present)
    return check if same is None else replace(check, text=_sure(same.text, check.text, flavour))


def _index(index: Index, present: tuple[Index, ...], flavour: Flavour) -> Index:
    same = _named(index, present)
    if same is None:
        return index
    elements = index.elements
    if len(same.elements) == len(elements):
        pairs = zip(same.elements, elements, strict=True)
        elements = tuple(_element(one, other, flavour) for one, other in pairs)
    there, here = dict(same.options), dict(index.options)
    if "where" in there and "where" in here:
        here["where"] = _sure(there["where"], here["where"], flavour)
    return replace(index, elements=elements, options=tuple(sorted(here.items())))


def _element(present: str, wanted: str, flavour: Flavour) -> str:
    one, other = _EXPRESSION.fullmatch(present), _EXPRESSION.fullmatch(wanted)
    if one is None or other is None or one[2] != other[2]:
        return wanted
    return f"({_sure(one[1], other[1], flavour)}){other[2]}"


def _named(shape: Shape, present: tuple[Shape, ...]) -> Shape | None:
    return next((each for each in present if each.name is not None and each.name == shape.name), None)


def _sure(present: str, wanted: str, flavour: Flavour) -> str:
    certain = is_certain(present, flavour) and is_certain(wanted, flavour)
    return wanted if certain else present
