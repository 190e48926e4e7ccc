"""Renames of tables and columns: said by the models, by ``--rename``, or by a person at the terminal.

A rename is made in the catalogue that was read, before anything is compared: from there on both sides have
the new name, and only what else differs is found.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..errors.autogenerate import RenameInvalid
from ..operations.columns import AddColumnOp, AlterColumnOp, DropColumnOp
from ..operations.containers import ModifyTableOps, OpContainer, UpgradeOps
from ..operations.tables import CreateTableOp, DropTableOp, RenameTableOp
from ..runtime.plugins import DispatchPriority, PriorityDispatchResult
from ..schema.from_metadata import key_of
from ..schema.renaming import rename_column, rename_table

if TYPE_CHECKING:
    from typing import Any

    import sqlalchemy as sa

    from ..operations.operation import MigrateOperation
    from ..runtime.plugins import Plugin
    from ..schema.catalogue import Catalogue
    from ..schema.shapes import Table, TableKey
    from .context import AutogenContext

    Ask = Callable[[str], bool]

log = logging.getLogger(__name__)


class Wish(NamedTuple):
    """A rename that ``--rename`` asks for.

    :param text: as it was written.
    :param place: schema and table; the schema is None if it wasn't said. Of a table itself there is only the
        schema.
    """

    text: str
    schema: str | None
    table: str | None
    old: str
    new: str

    @classmethod
    def of(cls, text: str) -> Wish:
        """Read ``old:new`` or ``schema.old:schema.new`` (tables), ``[schema.]table.old:new`` (a column).

        :raises RenameInvalid: it is neither.
        """
        left, colon, right = text.partition(":")
        before, after = left.split("."), right.split(".")
        if not colon or not all([*before, *after]) or len(before) > 3 or len(after) > 2:
            raise RenameInvalid(
                f"--rename {text}: this is not of the form table.old:new",
                hint="Write table.old:new or schema.table.old:new for a column, old:new or "
                "schema.old:schema.new for a table.",
            )
        if len(after) == 2:
            if len(before) != 2 or before[0] != after[0]:
                raise RenameInvalid(f"--rename {text}: a table keeps its schema when it is renamed")
            return cls(text, before[0], None, before[1], after[1])
        if len(before) == 1:
            return cls(text, None, None, before[0], right)
        return cls(text, before[0] if len(before) == 3 else None, before[-2], before[-1], right)


class LookAlike(NamedTuple):
    """A drop and an add that may be a rename: the operations, and what they are called."""

    drop: MigrateOperation
    add: MigrateOperation
    schema: str | None
    table: str | None
    old: str
    new: str

    @property
    def wish(self) -> str:
        """What to give to ``--rename``."""
        new = self.new if self.table else _dotted(self.schema, self.new)
        return f"{_dotted(self.schema, self.table, self.old)}:{new}"

    @property
    def question(self) -> str:
        """What to ask a person."""
        kind = "column" if self.table else "table"
        return f"Was {kind} {_dotted(self.schema, self.table, self.old)} renamed to {self.new}?"


def _dotted(*names: str | None) -> str:
    return ".".join(str(name) for name in names if name)


def setup(plugin: Plugin) -> None:
    """Fill the plugin ``alembic.autogenerate.renames``."""
    plugin.add_autogenerate_comparator(_rename, "autogenerate", "renames", priority=DispatchPriority.FIRST)
    plugin.add_autogenerate_comparator(
        _mark_look_alikes, "autogenerate", "look_alikes", priority=DispatchPriority.LAST
    )


# -- renames that were asked for -----------------------------------------------------------------------


def _rename(autogen_context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Rename in the catalogue what models or ``--rename`` say was renamed, and write it down."""
    wishes = [Wish.of(text) for text in autogen_context.opts.get("renames") or ()]
    models = list(autogen_context.table_key_to_table.values())
    if not wishes and not any(map(_says_renamed, models)):
        return PriorityDispatchResult.CONTINUE  # the common case: nothing is asked of the catalogue
    renaming = _Renaming(autogen_context, wishes)
    upgrade_ops.ops.extend(renaming.tables(models))
    columns = list(renaming.columns(models))
    # The operations hold the columns as they now are in the catalogue: after the last rename.
    upgrade_ops.ops.extend(_alterations(autogen_context, columns))
    autogen_context.opts.get("renames_used", set()).update(renaming.used - {""})
    return PriorityDispatchResult.CONTINUE


def _says_renamed(table: sa.Table) -> bool:
    return any("renamed_from" in _info(item) for item in (table, *table.columns))


def _info(item: sa.Table | sa.Column[Any]) -> dict[Any, Any]:
    """The attribute ``info``, without having a dictionary made for each item that has none."""
    found: dict[Any, Any] = item.__dict__.get("info") or {}
    return found


class _Renaming:
    """The renames of one comparison."""

    def __init__(self, autogen_context: AutogenContext, wishes: Sequence[Wish]) -> None:
        self._catalogue: Catalogue = autogen_context.catalogue
        self._rules = autogen_context.migration_context.impl.rules
        self._quoted = autogen_context.migration_context.dialect.identifier_preparer.quote
        self._wishes = wishes
        self._former_names: dict[TableKey, str] = {}
        self.used: set[str] = set()

    def tables(self, models: Sequence[sa.Table]) -> Iterator[RenameTableOp]:
        there = self._catalogue.tables
        for table in models:
            schema, name = key = self._key(table)
            if key in there:
                continue
            for old, wish in self._former(table, Wish("", table.schema, None, "", name)):
                if (schema, old) in there:
                    rename_table(self._catalogue, (schema, old), name)
                    self._former_names[key] = old
                    self.used.add(wish)
                    log.info("Detected renamed table %r: now %r", _dotted(table.schema, old), name)
                    yield RenameTableOp(old, name, schema=table.schema)
                    break

    def columns(self, models: Sequence[sa.Table]) -> Iterator[tuple[sa.Table, str, str]]:
        """The table, the old and the new name of each."""
        for table in models:
            record = self._catalogue.tables.get(self._key(table))
            if record is None:
                continue
            there = {each["name"] for each in record.columns}
            for column in table.columns:
                old = None if column.name in there else self._rename_column(table, column, there)
                if old is not None:
                    there = there - {old} | {column.name}
                    yield table, old, column.name

    def _rename_column(self, table: sa.Table, column: sa.Column[Any], there: set[str]) -> str | None:
        place = Wish("", table.schema, table.name, "", column.name)
        for old, wish in self._former(column, place):
            if old in there:
                key, flavour = self._key(table), self._rules.flavour
                rename_column(self._catalogue, key, old, column.name, self._quoted, flavour)
                self.used.add(wish)
                log.info("Detected renamed column %r: now %r", _dotted(*place[1:3], old), column.name)
                return old
        return None

    def _former(self, item: sa.Table | sa.Column[Any], place: Wish) -> Iterator[tuple[str, str]]:
        """What something may have been called, by the word of the command first, then by that of the models.

        Beside it the text of the wish, which is empty for the models'.
        """
        for wish in self._wishes:
            if wish.new == place.new and self._is_at(wish, place):
                yield wish.old, wish.text
        said = _info(item).get("renamed_from") or ()
        for old in (said,) if isinstance(said, str) else said:
            yield old, ""

    def _is_at(self, wish: Wish, place: Wish) -> bool:
        default = self._catalogue.default_schema
        if wish.schema is not None and wish.schema != (place.schema or default):
            return False
        if wish.table is None or place.table is None:
            return wish.table is place.table
        schema = None if place.schema == default else place.schema
        return wish.table in (place.table, self._former_names.get((schema, place.table)))

    def _key(self, table: sa.Table) -> TableKey:
        return key_of(table, self._catalogue.default_schema)


def _alterations(
    autogen_context: AutogenContext, renamed: Iterable[tuple[sa.Table, str, str]]
) -> Iterator[ModifyTableOps]:
    """The operations that rename columns; they tell the whole column, as some databases restate it."""
    for table, old, new in renamed:
        reflected = autogen_context.pair(table.schema, table.name).conn_table
        assert reflected is not None
        existing = next(column for column in reflected.columns if column.name == new)
        operation = AlterColumnOp(
            table.name,
            old,
            schema=table.schema,
            modify_name=new,
            existing_type=existing.type,
            existing_nullable=existing.nullable,
            existing_server_default=False if existing.server_default is None else existing.server_default,
            existing_comment=existing.comment,
        )
        yield ModifyTableOps(table.name, [operation], schema=table.schema)


# -- a drop and an add that look like a rename -----------------------------------------------------------


def ask_for_renames(upgrade_ops: OpContainer, autogen_context: AutogenContext, ask: Ask | None) -> list[str]:
    """Ask a person about each drop and add that may be a rename; returns what is one, as for ``--rename``."""
    if ask is None:
        return []
    found = _paired(upgrade_ops, autogen_context, lambda pair: ask(pair.question))
    return [pair.wish for pair in found]


def _mark_look_alikes(autogen_context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Say at the drop and at the add that they may be a rename, and how to have them written as one."""
    for found in _paired(upgrade_ops, autogen_context, lambda pair: True):
        found.drop.notes += (
            f"Was {found.old} renamed to {found.new}? A drop loses the data; --rename {found.wish} keeps it.",
        )
        found.add.notes += (f"See the drop of {found.old}, which may be what this was called.",)
    return PriorityDispatchResult.CONTINUE


def _paired(
    upgrade_ops: OpContainer, autogen_context: AutogenContext, accept: Callable[[LookAlike], bool]
) -> list[LookAlike]:
    """The pairs that were accepted; each drop and each add is in one of them at most."""
    operations = list(_flat(upgrade_ops))
    if not any(isinstance(each, DropTableOp | DropColumnOp) for each in operations):
        return []
    found: list[LookAlike] = []
    taken: set[int] = set()
    for pair in (*_tables(operations, autogen_context), *_columns(operations, autogen_context)):
        both = {id(pair.drop), id(pair.add)}
        if not both & taken and accept(pair):
            taken |= both
            found.append(pair)
    return found


def _tables(operations: Sequence[MigrateOperation], autogen_context: AutogenContext) -> Iterator[LookAlike]:
    """Dropped and added tables of one schema, most columns of which are the same."""
    pairs = autogen_context.pairs
    created = [
        (each, _layout(_shape(each, pairs.model.tables, autogen_context)))
        for each in operations
        if isinstance(each, CreateTableOp)
    ]
    for drop in operations if created else ():
        if isinstance(drop, DropTableOp):
            before = _layout(_shape(drop, pairs.database.tables, autogen_context))
            for add, after in created:
                if add.schema == drop.schema and _alike(before, after):
                    yield LookAlike(drop, add, drop.schema, None, drop.table_name, add.table_name)


def _shape(operation: Any, tables: Mapping[TableKey, Table], autogen_context: AutogenContext) -> Table | None:
    """The table of an operation; None if it is one that only a hook knows."""
    default = autogen_context.catalogue.default_schema
    schema = None if operation.schema == default else operation.schema
    return tables.get((schema, str(operation.table_name)))


def _layout(table: Table | None) -> set[tuple[str, str]]:
    return {(column.name, column.type_text) for column in table.columns.values()} if table else set()


def _alike(before: set[tuple[str, str]], after: set[tuple[str, str]]) -> bool:
    """Whether three columns of four are the same; a bare ``id`` proves nothing."""
    same = len(before & after)
    return same >= 2 and 4 * same >= 3 * max(len(before), len(after))


def _columns(operations: Sequence[MigrateOperation], autogen_context: AutogenContext) -> Iterator[LookAlike]:
    """Dropped and added columns of one table and type; those of one nullability as well come first."""
    pairs = autogen_context.pairs
    adds: dict[tuple[str | None, str], list[AddColumnOp]] = {}
    for each in operations:
        if isinstance(each, AddColumnOp):
            adds.setdefault((each.schema, each.table_name), []).append(each)
    for drop in operations:
        if not isinstance(drop, DropColumnOp):
            continue
        database = _shape(drop, pairs.database.tables, autogen_context)
        model = _shape(drop, pairs.model.tables, autogen_context)
        before = database.columns.get(drop.column_name) if database else None
        # A column that is made anew under its own name is none of these, nor is one that holds no data.
        if before is None or model is None or before.computed or before.name in model.columns:
            continue
        alike = []
        for add in adds.get((drop.schema, drop.table_name), ()):
            after = model.columns.get(str(add.column.name))
            if after and not after.computed and after.type_text == before.type_text:
                alike.append((after.nullable != before.nullable, add))
        for _, add in sorted(alike, key=lambda found: found[0]):
            yield LookAlike(drop, add, drop.schema, drop.table_name, before.name, str(add.column.name))


def _flat(container: OpContainer) -> Iterator[MigrateOperation]:
    for operation in container.ops:
        if isinstance(operation, OpContainer):
            yield from _flat(operation)
        else:
            yield operation
