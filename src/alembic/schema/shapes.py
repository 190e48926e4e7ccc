"""The shapes that both sides of a comparison become: models and database, which afterwards look alike.

Two shapes are equal when nothing that can be migrated tells them apart. What only leads back to SQLAlchemy's
objects (``source``, ``type``) is left out of equality. Texts are in the spelling that the dialect's
:class:`~alembic.schema.rules.SchemaRules` chose, so that a difference of text is a difference of meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from sqlalchemy.types import TypeEngine

from .value import value

#: (schema, name). The schema is None for the default schema of the connection, whatever its name.
TableKey = tuple[str | None, str]

#: Facts that only some dialects know, sorted by name; a fact that is absent has the database's own default.
Options = tuple[tuple[str, Any], ...]


@value
class Computed:
    """The expression of a generated column."""

    text: str
    persisted: bool | None = None


@value
class Identity:
    """An identity column: ALWAYS or BY DEFAULT, and those sequence options that are not the default."""

    always: bool
    options: Options = ()


@value
class Column:
    """One column.

    :param type_text: what the dialect writes for the type in CREATE TABLE, in its one canonical spelling.
    :param default: the server default as SQL; None: there is none.
    :param autoincrement: the database counts by itself (SERIAL, AUTO_INCREMENT, AUTOINCREMENT); None where
        the dialect does not tell.
    :param options: collation, character set, ON UPDATE and the like.
    :param source: the model's Column, or the dict that SQLAlchemy's Inspector gives for the database's.
    """

    name: str
    type: TypeEngine[Any] = field(compare=False)
    type_text: str
    nullable: bool = True
    default: str | None = None
    computed: Computed | None = None
    identity: Identity | None = None
    autoincrement: bool | None = None
    comment: str | None = None
    options: Options = ()
    source: Any = field(default=None, compare=False, repr=False)


@value
class PrimaryKey:
    """The primary key; its name is no difference."""

    columns: tuple[str, ...]
    name: str | None = field(default=None, compare=False)
    options: Options = ()
    source: Any = field(default=None, compare=False, repr=False)


@value
class Unique:
    """A UNIQUE constraint; ``name`` is None when the model leaves it to the database."""

    name: str | None
    columns: tuple[str, ...]
    options: Options = ()
    source: Any = field(default=None, compare=False, repr=False)


@value
class ForeignKey:
    """A foreign key; its name is no difference.

    :param target: table referred to; its schema is None for the default schema.
    :param options: ``ondelete``, ``onupdate``, ``deferrable``, ``initially``, ``match``; NO ACTION and other
        values that say nothing are absent.
    """

    columns: tuple[str, ...]
    target: TableKey
    target_columns: tuple[str, ...]
    options: Options = ()
    name: str | None = field(default=None, compare=False)
    source: Any = field(default=None, compare=False, repr=False)


@value
class Index:
    """An index.

    :param elements: for each part the column's name, or the expression in parentheses, followed by what
        orders it if that is not the default, such as ``"name"``, ``"(lower(name))"``, ``"n DESC"``.
    :param options: ``where``, ``using``, ``include``, ``ops``, ``nulls_not_distinct``, ``length``, ``with`` …
        values that say nothing are absent.
    """

    name: str | None
    elements: tuple[str, ...]
    unique: bool = False
    options: Options = ()
    source: Any = field(default=None, compare=False, repr=False)


@value
class Check:
    """A CHECK constraint; ``name`` is None when the model leaves it to the database."""

    name: str | None
    text: str
    options: Options = ()
    source: Any = field(default=None, compare=False, repr=False)


@value
class Exclude:
    """An EXCLUDE constraint of PostgreSQL; ``text`` is its whole definition as the server writes it."""

    name: str | None
    text: str
    source: Any = field(default=None, compare=False, repr=False)


@value
class Table:
    """One table; columns in their order, everything else sorted by name, then content."""

    schema: str | None
    name: str
    columns: Mapping[str, Column]
    primary_key: PrimaryKey | None = None
    uniques: tuple[Unique, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    indexes: tuple[Index, ...] = ()
    checks: tuple[Check, ...] = ()
    excludes: tuple[Exclude, ...] = ()
    comment: str | None = None
    options: Options = ()
    source: Any = field(default=None, compare=False, repr=False)

    @property
    def key(self) -> TableKey:
        """(schema, name)."""
        return self.schema, self.name


@value
class EnumType:
    """A named enumeration type of the database, with its values in their order."""

    schema: str | None
    name: str
    values: tuple[str, ...]
    source: Any = field(default=None, compare=False, repr=False)


@value
class Sequence:
    """A sequence that no column owns; options that are the default are absent."""

    schema: str | None
    name: str
    options: Options = ()
    source: Any = field(default=None, compare=False, repr=False)


@value
class Trigger:
    """A trigger that SQL of a revision has made, and the columns that its table had then."""

    table: TableKey
    sql: str
    columns: tuple[str, ...]


@value
class Schema:
    """All tables, enumeration types and sequences of one side, by (schema, name), in sorted order.

    :param unknown: tables, types and sequences of which nothing is known, not even whether they exist, and
        why. What was read from a database or from models is known; what comes of replaying revisions may not.
    :param unknown_rest: why nothing is known of whatever is not in ``tables``, ``enums`` and ``sequences``;
        None: what isn't there and isn't ``unknown`` doesn't exist.
    :param triggers: those that revisions have made, by name; there may be others. No part of a comparison.
    """

    tables: Mapping[TableKey, Table]
    enums: Mapping[TableKey, EnumType] = field(default_factory=dict)
    sequences: Mapping[TableKey, Sequence] = field(default_factory=dict)
    unknown: Mapping[TableKey, str] = field(default_factory=dict)
    unknown_rest: str | None = None
    triggers: Mapping[str, Trigger] = field(default_factory=dict, compare=False)
