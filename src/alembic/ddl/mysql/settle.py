"""How the server spells the expressions of models.

It is asked by making temporary tables that have them, and showing these: nothing else shows what becomes of
an expression. Temporary tables end no transaction. MariaDB makes, shows and drops all of them in one compound
statement; MySQL, which has compound statements in stored programs only, is asked table by table.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import sqlalchemy as sa
from sqlalchemy.exc import CompileError, DBAPIError

from ...schema.catalogue import TableRecord
from ...schema.certainty import believed, believed_further
from ...schema.expressions import MYSQL, Kind, significant, tokens, unquoted
from ...schema.shapes import Check, Column, Computed, Table
from .strings import literal

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql.compiler import DDLCompiler

    from ...schema.expressions import Flavour, Token
    from ...schema.shapes import TableKey

log = logging.getLogger(__name__)

PREFIX = "alembic_settled_"


class Rules(Protocol):
    """What is asked of the rules."""

    dialect: Dialect

    @property
    def is_mariadb(self) -> bool: ...
    @property
    def quoting(self) -> Flavour: ...
    @property
    def ddl_compiler(self) -> DDLCompiler: ...
    def expression(self, text: str) -> str: ...
    def default(self, text: str | None, type_text: str) -> str | None: ...
    def literal_sql(self, clause: Any) -> str: ...


class Probe(NamedTuple):
    """A temporary table with the expressions of a model.

    :param checks: the names of its constraints, in the order of the model's checks.
    """

    key: TableKey
    name: str
    create: str
    checks: tuple[str, ...]


def settled(
    rules: Rules, connection: Connection, doubtful: Mapping[TableKey, tuple[Table, Table]]
) -> dict[TableKey, Table]:
    """The models' tables with their expressions as the server writes them.

    A table is left out that the server does not take. Where it takes none at all, what may be the same in its
    words is taken for the same.
    """
    probes = []
    for number, (key, (database, model)) in enumerate(doubtful.items()):
        try:
            probes.append(_probe(rules, key, f"{PREFIX}{number}", database, model))
        except CompileError:
            continue
    found: dict[TableKey, Table] = {}
    for probe, text in _definitions(rules, connection, probes):
        found[probe.key] = _respelled(rules, doubtful[probe.key][1], probe, text)
    if probes and not found and (obstacle := _obstacle(connection)):
        log.warning(
            "Comparing expressions by their text only, because the server says: %s: what may be the same in"
            " its words is taken for the same",
            obstacle,
        )
        for key, (database, model) in doubtful.items():
            found[key] = believed_further(database, believed(database, model, rules.quoting), rules.quoting)
    return found


def _obstacle(connection: Connection) -> str | None:
    """What the server says if this user can't make temporary tables, or not in this transaction."""
    try:
        connection.exec_driver_sql(f"CREATE TEMPORARY TABLE {PREFIX}none (id INTEGER)")
    except DBAPIError as error:
        return str(error.orig)
    connection.exec_driver_sql(f"DROP TEMPORARY TABLE {PREFIX}none")
    return None


def _probe(rules: Rules, key: TableKey, name: str, database: Table, model: Table) -> Probe:
    compiler = rules.ddl_compiler
    parts: list[str] = []
    for column in model.columns.values():
        # The column as it will be created, by whatever rules the application has for that.
        sql = compiler.process(sa.schema.CreateColumn(column.source)) or ""
        parts.append(sql.replace("%%", "%") if compiler.preparer._double_percents else sql)
        if column.autoincrement:
            parts.append(f"KEY ({compiler.preparer.format_column(column.source)})")
    names = []
    for number, check in enumerate(model.checks):
        names.append(f"{PREFIX}{number}")
        parts.append(f"CONSTRAINT {names[-1]} CHECK ({rules.literal_sql(check.source.sqltext)})")
    sql = f"CREATE TEMPORARY TABLE {name} ({', '.join(part for part in parts if part)})"
    collation = dict(model.options).get("collate") or _collation(rules, database)
    return Probe(key, name, f"{sql} COLLATE {collation}" if collation else sql, tuple(names))


def _collation(rules: Rules, database: Table) -> Any:
    record = database.source
    return record.options.get(f"{rules.dialect.name}_collate") if isinstance(record, TableRecord) else None


# -- asking --------------------------------------------------------------------------------------------


def _definitions(
    rules: Rules, connection: Connection, probes: Sequence[Probe]
) -> Iterator[tuple[Probe, str]]:
    """What the server shows of each probe that it takes."""
    if not probes:
        return
    if not rules.is_mariadb:
        for probe in probes:
            yield from _one_by_statements(connection, probe)
        return
    # What a later result reports is no error of SQLAlchemy's.
    errors: tuple[type[Exception], ...] = (DBAPIError, connection.dialect.loaded_dbapi.Error)
    try:
        shown = _compound(connection, probes)
    except errors:
        # Some errors get through the handler; then each table for itself.
        shown = {}
        for probe in probes if len(probes) > 1 else ():
            with suppress(*errors):
                shown |= _compound(connection, [probe])
    for probe in probes:
        if probe.name in shown:
            yield probe, shown[probe.name]


def _compound(connection: Connection, probes: Sequence[Probe]) -> dict[str, str]:
    """All probes in one statement; each shows its table in a result of its own, or fails for itself."""
    backslashes = getattr(connection.dialect, "_backslash_escapes", True)
    steps = [
        "BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN END;"
        f" EXECUTE IMMEDIATE {literal(probe.create, backslashes)};"
        f" EXECUTE IMMEDIATE 'SHOW CREATE TABLE {probe.name}';"
        f" DROP TEMPORARY TABLE IF EXISTS {probe.name}; END;"
        for probe in probes
    ]
    result = connection.exec_driver_sql(
        f"BEGIN NOT ATOMIC {' '.join(steps)} END", execution_options={"no_parameters": True}
    )
    shown: dict[str, str] = {}
    cursor: Any = result.cursor
    try:
        for _ in probes if cursor is not None else ():
            if cursor.description:
                shown.update((row[0], row[1]) for row in cursor.fetchall())
            # SQLAlchemy's adapters of asynchronous drivers don't say whether there is another result.
            if not cursor.nextset() and not connection.dialect.is_async:
                break
    finally:
        result.close()
    return shown


def _one_by_statements(connection: Connection, probe: Probe) -> Iterator[tuple[Probe, str]]:
    options = {"no_parameters": True}
    try:
        connection.exec_driver_sql(probe.create, execution_options=options)
    except DBAPIError:
        return
    try:
        shown = connection.exec_driver_sql(f"SHOW CREATE TABLE {probe.name}", execution_options=options).one()
    finally:
        connection.exec_driver_sql(f"DROP TEMPORARY TABLE {probe.name}", execution_options=options)
    yield probe, shown[1]


# -- reading the answer --------------------------------------------------------------------------------


class Shown(NamedTuple):
    """What SHOW CREATE TABLE says of one column."""

    default: str | None
    generated: str | None
    check: str | None = None


def _respelled(rules: Rules, model: Table, probe: Probe, text: str) -> Table:
    columns, checks = parse(text, rules.quoting)
    return replace(
        model,
        columns={name: _column(rules, column, columns.get(name)) for name, column in model.columns.items()},
        checks=tuple(
            _check(rules, check, checks.get(name))
            for check, name in zip(model.checks, probe.checks, strict=True)
        ),
    )


def _column(rules: Rules, column: Column, shown: Shown | None) -> Column:
    if shown is None:
        return column
    if column.options and shown.check is not None:
        column = replace(column, options=(("check", rules.expression(shown.check)),))
    if column.computed is not None and shown.generated is not None:
        computed = Computed(rules.expression(shown.generated), column.computed.persisted)
        return replace(column, computed=computed)
    if column.default is not None and shown.default is not None:
        return replace(column, default=rules.default(shown.default, column.type_text))
    return column


def _check(rules: Rules, check: Check, shown: str | None) -> Check:
    return check if shown is None else replace(check, text=rules.expression(shown))


def parse(text: str, flavour: Flavour = MYSQL) -> tuple[dict[str, Shown], dict[str, str]]:
    """Columns and named CHECK constraints of a SHOW CREATE TABLE."""
    columns: dict[str, Shown] = {}
    checks: dict[str, str] = {}
    found = significant(tokens(text, flavour))
    opening = next(place for place, token in enumerate(found) if token.text == "(")
    for item in _items(found[opening + 1 :]):
        if item[0].kind is Kind.NAME:
            columns[unquoted(item[0].text)] = _shown(text, item)
        elif item[0].word == "CONSTRAINT" and len(item) > 3 and item[2].word == "CHECK":
            checks[unquoted(item[1].text)] = _inside(text, item, 3)
    return columns, checks


def _items(found: Sequence[Token]) -> Iterator[list[Token]]:
    """What commas separate inside the parentheses of CREATE TABLE."""
    depth = 0
    item: list[Token] = []
    for token in found:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth < 0:
            break
        if token.text == "," and not depth:
            yield item
            item = []
        else:
            item.append(token)
    if item:
        yield item


def _shown(text: str, item: Sequence[Token]) -> Shown:
    default = generated = check = None
    moment = ""
    place = 1
    while place < len(item):
        word = item[place].word
        if word == "DEFAULT":
            end = _end_of_value(item, place + 1)
            default = text[item[place + 1].start : item[end].end]
            place = end
        elif word == "ON" and item[place + 1].word == "UPDATE":
            end = _end_of_value(item, place + 2)
            moment = " " + text[item[place].start : item[end].end]
            place = end
        elif word == "AS" and item[place + 1].text == "(":
            generated = _inside(text, item, place + 1)
        elif word == "CHECK" and item[place + 1].text == "(":
            check = _inside(text, item, place + 1)
        if item[place].text == "(":
            place = _closing(item, place)
        place += 1
    if default is None and not moment:
        return Shown(None, generated, check)
    return Shown((default or "NULL") + moment, generated, check)


def _end_of_value(item: Sequence[Token], place: int) -> int:
    """The last token of a value that begins here: a literal, a call or something in parentheses."""
    if item[place].text in ("-", "+"):
        place += 1
    while item[place].kind is not Kind.STRING and place + 1 < len(item):
        after = item[place + 1]
        if item[place].text == "(":
            return _closing(item, place)
        if after.text in ("(", "."):
            place += 2 if after.text == "." else 1
            continue
        # An introducer such as _utf8mb4 belongs to the string behind it.
        if item[place].text.startswith("_") and after.kind is Kind.STRING:
            place += 1
        break
    return place


def _closing(item: Sequence[Token], opening: int) -> int:
    depth = 0
    for place in range(opening, len(item)):
        depth += {"(": 1, ")": -1}.get(item[place].text, 0)
        if not depth:
            return place
    return len(item) - 1


def _inside(text: str, item: Sequence[Token], opening: int) -> str:
    return text[item[opening].end : item[_closing(item, opening)].start]
