"""What is the same on Oracle although it reads differently.

There is no server among ours to ask: what it may have rewritten is taken to be as the models want it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from ...schema.certainty import believed, without_unnamed_checks
from ...schema.expressions import ORACLE, normalise
from ...schema.rules import SchemaRules
from ...schema.shapes import Check, Column, Computed, ForeignKey, Identity, Index, Table
from ...schema.spelling import options

if TYPE_CHECKING:
    from sqlalchemy import Connection

# What Oracle comes with: its "predefined user accounts".
_SYSTEM = frozenset(
    """anonymous appqossys audsys ctxsys dbsfwuser dbsnmp dip dvf dvsys ggsys gsmadmin_internal
    gsmcatuser gsmrootuser gsmuser lbacsys mddata mdsys ojvmsys olapsys oracle_ocm orddata
    ordplugins ordsys outln pdbadmin remote_scheduler_agent si_informtn_schema
    spatial_csw_admin_usr sys sys$umf sysbackup sysdg syskm sysrac system wmsys xdb xs$null""".split()  # noqa: SIM905
)
_GIVEN_NAME = re.compile(r"(?i)sys_c\d+")
_LARGEST = 9999999999999999999999999999
_IDENTITY = {
    "start": (None, 1),
    "increment": (None, 1),
    "minvalue": (None, 1),
    "maxvalue": (None, _LARGEST),
    "cycle": (None, False),
    "cache": (None, 20),
    "order": (None, False),
    "on_null": (None, False),
}


class OracleRules(SchemaRules):
    """Types part by part, as ``DefaultImpl.compare_type`` has it; the rest as spelled here."""

    flavour = ORACLE

    # -- reading the database ----------------------------------------------------------------------

    def schema_names(self, connection: Connection) -> list[str]:
        """All users but the server's own."""
        names: list[str] = sa.inspect(connection).get_schema_names()
        return sorted(name for name in names if name not in _SYSTEM)

    # -- one spelling for both sides ---------------------------------------------------------------

    def expression(self, text: str) -> str:
        """The expression without needless quotes, parentheses and blanks."""
        return normalise(text, ORACLE)

    def default(self, text: str | None, type_text: str) -> str | None:
        """The default without trailing blanks; Oracle keeps it as it was typed."""
        spelled = None if text is None else self.expression(text)
        # An empty string is NULL.
        return None if spelled in (None, "null", "''") else spelled

    def identity(self, facts: Mapping[str, Any]) -> Identity:
        """An identity column, without what Oracle says by default."""
        said = {name.removeprefix("oracle_"): value for name, value in facts.items()}
        kept = {
            name: said[name]
            for name, defaults in _IDENTITY.items()
            if name in said and said[name] not in defaults
        }
        return Identity(bool(said.get("always")), options(kept))

    def _model_identity(self, identity: sa.Identity) -> Identity:
        own = ("order", "on_null")
        facts = {name: getattr(identity, name, None) for name in _IDENTITY if name not in own}
        kwargs = getattr(identity, "dialect_kwargs", None)
        if kwargs is None:  # SQLAlchemy 2.0
            said = {name: getattr(identity, name) for name in own}
        else:
            said = {name: kwargs.get(f"oracle_{name}") for name in own}
        # GENERATED AS IDENTITY without more is ALWAYS.
        return self.identity({"always": identity.always is not False, **facts, **said})

    # -- models and database -----------------------------------------------------------------------

    def model_column(self, column: sa.Column[Any]) -> Column:
        """A column of the models; the key is NOT NULL, whatever it says."""
        shape = super().model_column(column)
        if shape.nullable and (column.primary_key or shape.identity is not None):
            shape = replace(shape, nullable=False)
        return _virtual(shape)

    def record_column(self, record: dict[str, Any]) -> Column:
        """A column that was read."""
        return _virtual(super().record_column(record))

    def model_index(self, index: sa.Index) -> Index | None:
        """An index of the models."""
        shape = super().model_index(index)
        return shape and replace(shape, options=_bitmap(index.dialect_options["oracle"]["bitmap"]))

    def record_index(self, record: dict[str, Any]) -> Index | None:
        """An index that was read; a column in descending order is an expression to Oracle."""
        shape = super().record_index(record)
        said = record.get("dialect_options") or {}
        return shape and replace(
            shape,
            elements=tuple(map(_plain_descending, shape.elements)),
            options=_bitmap(said.get("oracle_bitmap")),
        )

    def model_check(self, constraint: sa.CheckConstraint) -> Check | None:
        """A CHECK of the models, those that types bring along included."""
        return self.written_check(constraint)

    def model_foreign_key(self, constraint: sa.ForeignKeyConstraint) -> ForeignKey | None:
        """A foreign key of the models: Oracle has no ON UPDATE, and the Inspector does not tell the rest."""
        key = super().model_foreign_key(constraint)
        kept = tuple(each for each in key.options if each[0] == "ondelete") if key else ()
        return key and replace(key, options=kept)

    # -- both sides together -----------------------------------------------------------------------

    def adjust(self, database: Table, model: Table) -> tuple[Table, Table]:
        """An index that Oracle made for a UNIQUE constraint is one of both, whichever the models want."""
        database, model = without_unnamed_checks(_without_doubles(database, model), model, _GIVEN_NAME)
        return database, believed(database, model, ORACLE)


def _without_doubles(database: Table, model: Table) -> Table:
    wanted = {index.name for index in model.indexes if index.unique}
    doubles = {index.name for index in database.indexes} & {unique.name for unique in database.uniques}
    indexes = tuple(each for each in database.indexes if each.name not in doubles - wanted)
    uniques = tuple(each for each in database.uniques if each.name not in doubles & wanted)
    return replace(database, indexes=indexes, uniques=uniques)


def _virtual(column: Column) -> Column:
    """Whether it is VIRTUAL is not to be told: there is nothing else."""
    return column if column.computed is None else replace(column, computed=Computed(column.computed.text))


def _bitmap(said: Any) -> tuple[tuple[str, Any], ...]:
    return (("bitmap", True),) if said else ()


def _plain_descending(element: str) -> str:
    expression, end = element.removesuffix(" DESC"), " DESC" if element.endswith(" DESC") else ""
    inside = expression.removeprefix("(").removesuffix(")")
    return inside + end if end and inside.replace("_", "").isalnum() else element
