"""What operations do to a schema, as values: a Schema before, another Schema after.

An operation that doesn't fit the schema, because it names a table or column that isn't there, is no error:
the database that it was written for is another one than the revisions tell. The table is unknown then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from alembic.errors import CommandError
from alembic.schema.from_metadata import table_of_model
from alembic.schema.knowledge import (
    known,
    nothing_known,
    with_enums,
    with_table,
    with_trigger,
    with_unknown,
    without_enums,
    without_table,
    without_triggers,
)
from alembic.schema.shapes import Trigger
from alembic.schema.touched import Touched, touched_by, trigger_made, triggers_dropped

from .draft import TableDraft
from .given_names import follow_table, name_unnamed

if TYPE_CHECKING:
    from alembic.schema.shapes import Schema, Table, TableKey

    from .context import OperationsContext

Change = Callable[[TableDraft], None]


def created(schema: Schema, table: sa.Table, context: OperationsContext) -> Schema:
    """The schema after CREATE TABLE, which brings the enumeration types of the columns along."""
    if any(prefix.upper() in ("TEMPORARY", "TEMP") for prefix in table._prefixes):
        return schema
    return _with(schema, _own(table, context), context)


def dropped(schema: Schema, key: TableKey, context: OperationsContext) -> Schema:
    """The schema after DROP TABLE."""
    return _without_unused_enums(without_table(schema, key), schema.tables.get(key), context)


def renamed(schema: Schema, key: TableKey, name: str, context: OperationsContext) -> Schema:
    """The schema after another name for a table; foreign keys to it follow."""
    exists, new = known(schema, key), (key[0], name)
    if new == key:
        return schema
    if exists is not True:
        why = f"{key[1]!r} was renamed, of which nothing is known"
        return with_unknown(without_table(schema, key), [new], schema.unknown.get(key, why))

    def change(draft: TableDraft) -> None:
        draft.rename(name)
        follow_table(draft.table, key[1], context)

    after = altered(schema, key, context, change)
    if new not in after.tables:
        return with_unknown(without_table(after, key), [new], after.unknown.get(key, ""))
    return _followed(without_table(after, key), key, new, {}, context)


def altered(schema: Schema, key: TableKey, context: OperationsContext, change: Change) -> Schema:
    """The schema after a change of one table."""
    if key not in schema.tables:
        missing = f"{key[1]!r} was altered, but no revision has created it"
        return schema if known(schema, key) is None else with_unknown(schema, [key], missing)
    before = schema.tables[key]
    if not isinstance(before.source, sa.Table):
        return with_unknown(schema, [key], f"{key[1]!r} was altered, but is known only as it was read")
    draft = _draft(before.source, context)
    try:
        name_unnamed(draft.table, schema, context)
        change(draft)
        after = _with(schema, draft.table, context)
    except (CommandError, SQLAlchemyError, ValueError) as error:
        why = str(error).splitlines()[0]
        return with_unknown(schema, [key], f"an operation doesn't fit {key[1]!r}: {why}")
    if _counts_no_more(before.source, draft, context):
        return with_unknown(schema, [key], f"{key[1]!r} has a sequence whose column left the primary key")
    renames = {then: now for now, then in draft.sources.items() if now != then}
    if renames:
        after = _followed(after, key, key, renames, context)
    return _without_unused_enums(after, before, context)


def unknown(schema: Schema, key: TableKey, why: str) -> Schema:
    """The schema in which nothing is known of a table any more."""
    return with_unknown(schema, [key], why)


def find_index(schema: Schema, name: str) -> TableKey | None:
    """The table that has an index of this name."""
    found = (key for key, table in schema.tables.items() if any(each.name == name for each in table.indexes))
    return next(found, None)


def after_sql(schema: Schema, sql: str, context: OperationsContext) -> Schema:
    """The schema after SQL that a person has written: what it names as altered is unknown."""
    if "trigger" in sql.lower():
        schema = _after_triggers(schema, sql, context)
    touched = touched_by(sql, context.impl.rules.flavour)
    if not touched:
        return schema
    line = " ".join(sql.split())
    return _after(schema, touched, f"SQL: {line if len(line) <= 60 else line[:59] + '…'}", context)


def _after_triggers(schema: Schema, sql: str, context: OperationsContext) -> Schema:
    flavour = context.impl.rules.flavour
    gone = {name.lower() for name in triggers_dropped(sql, flavour)}
    schema = without_triggers(schema, [name for name in schema.triggers if name.lower() in gone])
    made = trigger_made(sql, flavour)
    if made is None:
        return schema
    key = present_key(schema, key_of(context, *made[1]), context)
    table = schema.tables.get(key)
    return (
        schema if table is None else with_trigger(schema, made[0][1], Trigger(key, sql, tuple(table.columns)))
    )


def _after(schema: Schema, touched: Touched, why: str, context: OperationsContext) -> Schema:
    if touched.everything:
        return nothing_known(why)
    keys: dict[TableKey, None] = {}
    for name in touched.tables:
        keys |= dict.fromkeys(_keys_of(schema, name, context))
    for _, index in touched.indexes:
        for key, table in schema.tables.items():
            if any(each.name is not None and each.name.lower() == index.lower() for each in table.indexes):
                keys[key] = None
    for gone in touched.schemas:
        keys |= dict.fromkeys(key for key in schema.tables if key[0] in (gone, None))
    if touched.dependents:
        named = {key[1].lower() for key in keys}
        keys |= dict.fromkeys(key for key, table in schema.tables.items() if _depends(table, named))
    return with_unknown(schema, keys, why)


def _keys_of(schema: Schema, name: tuple[str | None, str], context: OperationsContext) -> Iterable[TableKey]:
    """The tables and types that a name in SQL may stand for; case and a default schema may be spelled."""
    present = [*schema.tables, *schema.enums, *schema.sequences]
    found = [
        key
        for key in present
        if key[1].lower() == name[1].lower() and (name[0] is None or key[0] in (name[0], None))
    ]
    return [*found, key_of(context, *name)]


def _depends(table: Table, names: set[str]) -> bool:
    if any(each.target[1].lower() in names for each in table.foreign_keys):
        return True
    texts = (column.type_text.lower().strip('"').split(".")[-1] for column in table.columns.values())
    return any(text.removesuffix("[]").strip('"') in names for text in texts)


def key_of(context: OperationsContext, schema: str | None, name: str) -> TableKey:
    """Schema and name of a table; the schema is None for the default one, as far as that is known."""
    return None if schema == context.dialect.default_schema_name else schema, str(name)


def present_key(schema: Schema, key: TableKey, context: OperationsContext) -> TableKey:
    """The key by which the table is known, where the database doesn't mind upper and lower case."""
    if key in schema.tables or context.impl.rules.flavour.keeps_case:
        return key
    found = [each for each in schema.tables if each[0] == key[0] and each[1].lower() == key[1].lower()]
    return found[0] if len(found) == 1 else key


def _with(schema: Schema, table: sa.Table, context: OperationsContext) -> Schema:
    rules = context.impl.rules
    default = context.dialect.default_schema_name
    name_unnamed(table, schema, context)
    enums = rules.model_enums(table.metadata)
    return with_enums(with_table(schema, table_of_model(table, rules, default)), enums)


def _draft(table: sa.Table, context: OperationsContext) -> TableDraft:
    return TableDraft(table, context.impl.rules, context.impl.features)


def _own(table: sa.Table, context: OperationsContext) -> sa.Table:
    """A table of an operation as one of the schema; a column that doesn't count now won't as a later key."""
    own = _draft(table, context).table
    counting: Any = table._autoincrement_column
    for column in own.columns:
        if counting is None or column.name != counting.name:
            column.autoincrement = False
    return own


def _followed(
    schema: Schema, old: TableKey, new: TableKey, columns: dict[str, str], context: OperationsContext
) -> Schema:
    """The schema in which foreign keys follow the new name of a table, or of its columns."""
    for key, table in list(schema.tables.items()):
        if key == new or not any(each.target == old for each in table.foreign_keys):
            continue
        if not isinstance(table.source, sa.Table):
            schema = with_unknown(schema, [key], f"{key[1]!r} refers to a table that was renamed")
            continue
        draft = _draft(table.source, context)
        draft.retarget(old, new, columns)
        schema = _with(schema, draft.table, context)
    return schema


def _counts_no_more(before: sa.Table, draft: TableDraft, context: OperationsContext) -> bool:
    """Whether a column keeps a sequence that no model could tell: it isn't the primary key any more."""
    counting: Any = before._autoincrement_column
    if counting is None or not context.dialect.supports_sequences or counting.identity is not None:
        return False
    now = draft.fates[counting.name]
    left: Any = draft.table._autoincrement_column
    return now is not None and (left is None or left.name != now)


def _without_unused_enums(schema: Schema, before: Table | None, context: OperationsContext) -> Schema:
    """The schema without the enumeration types whose last user has gone with a table or column."""
    if before is None or not schema.enums or not isinstance(before.source, sa.Table):
        return schema
    rules = context.impl.rules
    gone = {(each.schema, each.name) for each in rules.model_enums(before.source.metadata)}
    for table in schema.tables.values():
        if gone and isinstance(table.source, sa.Table):
            gone -= {(each.schema, each.name) for each in rules.model_enums(table.source.metadata)}
    gone &= set(schema.enums)
    if gone and (schema.unknown or schema.unknown_rest):
        return with_unknown(schema, gone, "a table of which nothing is known may use it")
    return without_enums(schema, gone)
