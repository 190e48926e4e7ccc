"""Copies of the parts of a Table for another Table, in which columns may be missing or have other names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.elements import ColumnClause, TextClause
from sqlalchemy.sql.visitors import iterate, replacement_traverse

from alembic.schema.renaming import names_column, renamed_in_sql

from .schemaobj import target_of, verbatim

if TYPE_CHECKING:
    from alembic.schema.rules import SchemaRules
    from alembic.schema.tokens import Flavour

#: A column before (None: it is new) and a copy of it without a table.
Pair = tuple["sa.Column[Any] | None", "sa.Column[Any]"]

#: A table that foreign keys refer to, before and after, and new names of its columns.
Moved = tuple["tuple[str | None, str]", "tuple[str | None, str]", Mapping[str, str]]

_LEAVE: Any = object()


def column_with(
    column: sa.Column[Any],
    *,
    name: str | None = None,
    type_: Any = None,
    nullable: bool | None = None,
    server_default: Any = _LEAVE,
    autoincrement: Any = None,
    comment: Any = _LEAVE,
    without: sa.Constraint | None = None,
) -> sa.Column[Any]:
    """A copy of a column, without a table, in which some attributes are others.

    CHECKs that are written with the column come along; keys, ``unique`` and ``index`` don't, for the table's
    constraints and indexes say so too.

    :param without: a CHECK to leave out.
    """
    default = column.server_default if server_default is _LEAVE else server_default
    if isinstance(default, (sa.Computed, sa.Identity)):
        default = default._copy()
    wanted = column.type if type_ is None else type_
    checks = [each._copy() for each in column.constraints if each is not without and not each._type_bound]
    generation = [default] if isinstance(default, (sa.Computed, sa.Identity)) else []
    copy: sa.Column[Any] = sa.Column(
        column.name if name is None else name,
        wanted if isinstance(wanted, type) else _own_type(wanted),
        *checks,
        *generation,
        nullable=column.nullable if nullable is None else nullable,
        system=column.system,
        default=column.default,
        server_default=None if generation else default,
        autoincrement=column.autoincrement if autoincrement is None else autoincrement,
        comment=column.comment if comment is _LEAVE else comment,
        **getattr(column, "dialect_kwargs", {}),
    )
    copy.info.update(column.info)
    return copy


def _own_type(type_: Any) -> Any:
    """A type that may listen to the table that its column comes to must not share listeners."""
    return type_.copy() if hasattr(type_, "_on_table_create") or hasattr(type_, "_set_table") else type_


class Copying:
    """Makes tables out of a table and the columns that it is to have.

    :param rules: how the database writes SQL and quotes names.
    """

    def __init__(self, rules: SchemaRules) -> None:
        self.flavour = rules.flavour
        self._quoted = rules.dialect.identifier_preparer.quote

    def table(
        self,
        table: sa.Table,
        columns: Sequence[Pair],
        *,
        name: str | None = None,
        comment: Any = _LEAVE,
        constraints: Iterable[sa.Constraint] | None = None,
        indexes: Iterable[sa.Index] | None = None,
        moved: Moved | None = None,
        options: Mapping[str, Any] | None = None,
        convention: Mapping[str, Any] | None = None,
    ) -> sa.Table:
        """The table made anew, in a MetaData of its own.

        :param columns: columns before and after; those after become part of the new table.
        :param constraints: of this table or of makeshift ones; by default those of the table.
        :param indexes: likewise.
        :param options: of single databases; by default those of the table.
        :param convention: by default that of the table, whose constraints have their names by it already.
        :param moved: a table that foreign keys refer to, before and after, and its renamed columns.
        """
        renames = {old.name: new.name for old, new in columns if old is not None and old.name != new.name}
        for _, column in columns:
            self._rename_within(column, renames)
        made = sa.Table(
            table.name if name is None else name,
            sa.MetaData(naming_convention=convention or table.metadata.naming_convention),
            *(column for _, column in columns),
            schema=table.schema,
            prefixes=list(table._prefixes),
            comment=table.comment if comment is _LEAVE else comment,
            info=dict(table.info),
            **(table.dialect_kwargs if options is None else options),
        )
        every = sorted(table.constraints, key=lambda each: each._creation_order)
        for constraint in every if constraints is None else constraints:
            if not constraint._type_bound:  # which the copied type has made again
                self._add_constraint(constraint, made, renames, table, moved)
        for index in sorted(table.indexes, key=_by_name) if indexes is None else indexes:
            self._add_index(index, made, renames)
        return made

    def shrunk(self, item: Any, gone: str) -> Any:
        """A constraint or index of several columns without one of them; others as they are."""
        if isinstance(item, sa.Index):
            return self._shrunk_index(item, gone)
        if not isinstance(item, (sa.UniqueConstraint, sa.PrimaryKeyConstraint)):
            return item
        names: list[str] = [each.name for each in item.columns]
        if gone not in names or len(names) < 2:
            return item
        kept = [name for name in names if name != gone]
        copy: Any = type(item)(*kept, **_said(item))
        copy.info.update(item.info)
        sa.Table("shrunk", sa.MetaData(), *(sa.Column(name, sa.types.NULLTYPE) for name in kept), copy)
        return copy

    def _shrunk_index(self, item: sa.Index, gone: str) -> sa.Index:
        parts: list[Any] = [each for each in item.expressions if not _speaks_of(each, gone, self.flavour)]
        if not parts or len(parts) == len(item.expressions):
            return item
        kept = [each.name for each in item.columns if each.name != gone]
        table = sa.Table("shrunk", sa.MetaData(), *(sa.Column(name, sa.types.NULLTYPE) for name in kept))
        parts = [table.columns[each.name] if isinstance(each, sa.Column) else each for each in parts]
        said = {"unique": item.unique, "info": dict(item.info), **item.dialect_kwargs}
        return sa.Index(item.name, *parts, _table=table, **said)

    def _rename_within(self, column: sa.Column[Any], renames: dict[str, str]) -> None:
        if not renames:
            return
        for check in column.constraints:
            if isinstance(check, sa.CheckConstraint):
                check.sqltext = self._expression(check.sqltext, None, renames)
        if column.computed is not None:
            column.computed.sqltext = self._expression(column.computed.sqltext, None, renames)

    def _add_constraint(
        self,
        constraint: Any,
        made: sa.Table,
        renames: dict[str, str],
        before: sa.Table,
        moved: Moved | None,
    ) -> None:
        if isinstance(constraint, sa.ForeignKeyConstraint):
            copy: Any = self._foreign_key(constraint, made, renames, before, moved)
        else:
            copy = self._constraint(constraint, made, renames)
        if copy is None:
            return
        constraint._schema_item_copy(copy)
        copy._ddl_if = constraint._ddl_if
        copy._creation_order = constraint._creation_order
        made.append_constraint(copy)

    def _constraint(self, constraint: Any, made: sa.Table, renames: dict[str, str]) -> Any:
        said = _said(constraint)
        match constraint:
            case sa.PrimaryKeyConstraint() | sa.UniqueConstraint():
                names = [renames.get(each.name, each.name) for each in constraint.columns]
                if isinstance(constraint, sa.PrimaryKeyConstraint) and not names:
                    return None
                kw = self._options(constraint.dialect_kwargs, made, renames)
                return type(constraint)(*names, **said, **kw)
            case sa.CheckConstraint():
                return sa.CheckConstraint(
                    self._expression(constraint.sqltext, made, renames),
                    **said,
                    _create_rule=constraint._create_rule,
                    _autoattach=False,
                    **constraint.dialect_kwargs,
                )
            case _ if is_exclude(constraint):
                elements = [
                    (self._part(expression, made, renames), operator)
                    for expression, _, operator in constraint._render_exprs
                ]
                where = constraint.where
                del said["comment"]
                return type(constraint)(
                    *elements,
                    **said,
                    where=None if where is None else self._expression(where, made, renames),
                    using=constraint.using,
                    ops={renames.get(key, key): value for key, value in (constraint.ops or {}).items()},
                )
            case _:
                return constraint._copy(target_table=made)

    def _foreign_key(
        self,
        key: sa.ForeignKeyConstraint,
        made: sa.Table,
        renames: dict[str, str],
        before: sa.Table,
        moved: Moved | None,
    ) -> sa.ForeignKeyConstraint:
        remote: list[Any] = []
        for element in key.elements:
            schema, table_name, column = target_of(element)
            if moved is not None and (schema, table_name) == moved[0]:
                (schema, table_name), column = moved[1], moved[2].get(column, column)
            if (schema, table_name) == (before.schema, before.name):
                name = renames.get(column, column)
                # SQLite leaves a key to itself as it is when the column that it refers to goes.
                remote.append(made.columns.get(name, f"{made.fullname}.{name}"))
            else:
                remote.append(_makeshift_column(made.metadata, schema, table_name, column))
        return sa.ForeignKeyConstraint(
            [renames.get(element.parent.name, element.parent.name) for element in key.elements],
            remote,
            **_said(key),
            onupdate=key.onupdate,
            ondelete=key.ondelete,
            match=key.match,
            use_alter=key.use_alter,
            **key.dialect_kwargs,
        )

    def _add_index(self, index: sa.Index, made: sa.Table, renames: dict[str, str]) -> None:
        copy = sa.Index(
            index.name,
            *(self._part(each, made, renames) for each in index.expressions),
            unique=index.unique,
            _table=made,
            **self._options(index.dialect_kwargs, made, renames),
        )
        copy.info.update(index.info)
        copy._ddl_if = index._ddl_if

    def _part(self, part: Any, made: sa.Table, renames: dict[str, str]) -> Any:
        if isinstance(part, str):
            return made.columns[renames.get(part, part)]
        if isinstance(part, TextClause) and part.text.strip() in renames:
            return made.columns[renames[part.text.strip()]]
        return self._expression(part, made, renames)

    def _options(self, options: Any, made: sa.Table, renames: dict[str, str]) -> dict[str, Any]:
        """Options of single databases; some name columns: ``…_include``, ``…_ops``, ``…_where``."""
        return {key: self._option(value, made, renames) for key, value in options.items()}

    def _option(self, value: Any, made: sa.Table, renames: dict[str, str]) -> Any:
        if isinstance(value, ClauseElement):
            return self._expression(value, made, renames)
        if isinstance(value, dict):
            return {renames.get(key, key): each for key, each in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._option(each, made, renames) for each in value]
        return renames.get(value, value) if isinstance(value, str) else value

    def _expression(self, clause: Any, made: sa.Table | None, renames: dict[str, str]) -> Any:
        """The expression with columns of the new table instead of those of another; text as it is but for
        renamed columns.
        """

        def replace(element: Any, **_: Any) -> Any:
            if isinstance(element, TextClause):
                text = self._renamed(element.text, renames)
                return None if text == element.text else verbatim(text)
            if not isinstance(element, ColumnClause):
                return None
            name = renames.get(element.name, element.name)
            if element.is_literal:
                text = self._renamed(element.name, renames)
                return None if text == element.name else sa.literal_column(text, element.type)
            if made is not None and isinstance(element, sa.Column) and name in made.columns:
                return made.columns[name]
            return None if name == element.name else sa.column(name, element.type)

        return replacement_traverse(clause, {}, replace)

    def _renamed(self, text: str, renames: dict[str, str]) -> str:
        for old, new in renames.items():
            text = renamed_in_sql(text, old, self._quoted(new), self.flavour)
        return text


def _said(constraint: Any) -> dict[str, Any]:
    """What every constraint may say."""
    return {each: getattr(constraint, each) for each in ("name", "deferrable", "initially", "comment")}


def is_exclude(constraint: Any) -> bool:
    """Whether this is PostgreSQL's EXCLUDE, whose class isn't loaded for asking."""
    return bool(constraint.__visit_name__ == "exclude_constraint")


def mentions(item: Any, name: str, flavour: Flavour) -> bool:
    """Whether a constraint or index has something to do with a column."""
    match item:
        case sa.CheckConstraint():
            return _speaks_of(item.sqltext, name, flavour)
        case sa.Index():
            named = any(_speaks_of(each, name, flavour) for each in item.expressions)
            return named or any(
                _option_speaks_of(each, name, flavour) for each in item.dialect_kwargs.values()
            )
        case _ if is_exclude(item):
            parts = [each for each, _, _ in item._render_exprs]
            parts += [] if item.where is None else [item.where]
            return any(_speaks_of(each, name, flavour) for each in parts)
        case sa.ForeignKeyConstraint():
            return any(each.parent.name == name for each in item.elements)
        case sa.schema.ColumnCollectionConstraint():
            return any(each.name == name for each in item.columns)
        case _:
            return False


def _option_speaks_of(value: Any, name: str, flavour: Flavour) -> bool:
    if isinstance(value, (list, tuple)):
        return any(_option_speaks_of(each, name, flavour) for each in value)
    return (isinstance(value, ClauseElement) and _speaks_of(value, name, flavour)) or value == name


def _speaks_of(clause: Any, name: str, flavour: Flavour) -> bool:
    if isinstance(clause, str):
        return clause == name
    for element in iterate(clause):
        if isinstance(element, TextClause) and names_column(element.text, name, flavour):
            return True
        if isinstance(element, ColumnClause):
            literal = element.is_literal and names_column(element.name, name, flavour)
            if literal or element.name == name:
                return True
    return False


def _makeshift_column(
    metadata: sa.MetaData, schema: str | None, table_name: str, name: str
) -> sa.Column[Any]:
    """The column of another table that a foreign key points to, made for that."""
    known = metadata.tables.get(f"{schema}.{table_name}" if schema else table_name)
    table = sa.Table(table_name, metadata, schema=schema) if known is None else known
    if name not in table.columns:
        table.append_column(sa.Column(name, sa.types.NULLTYPE))
    return table.columns[name]


def _by_name(index: sa.Index) -> str:
    return str(index.name)
