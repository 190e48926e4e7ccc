"""Random steps of migrations, as lines of Python that fit a schema."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import sqlalchemy as sa

from alembic.schema.shapes import Schema, Table
from tests.autogenerate.roundtrip.flavours import MARIADB, SQLITE, Flavour

_DELETE_RULES = ("", ", ondelete='CASCADE'", ", ondelete='SET NULL', onupdate='CASCADE'")


class Maker:
    """Makes steps, by a random source that a seed determines.

    :attr:`types` are the objects that lines name as ``T["…"]``: types by their flavour's name, and those of
    columns that exist already by a number.
    """

    def __init__(self, seed: int, flavour: Flavour) -> None:
        self.random = Random(seed)
        self.flavour = flavour
        self.types: dict[str, Any] = {
            name: kind.make(f"e_{name}".replace("-", "_")) for name, kind in flavour.types.items()
        }
        self.types["yes or no"] = sa.Boolean(create_constraint=True, name=None)
        self.types["one of"] = sa.Enum("x", "y", native_enum=False, create_constraint=True, name="one_of")
        self._names = 100  # those of a start that others have made are below
        self._on_sqlite = flavour is SQLITE
        self._without_conditions = False

    def change(self, schema: Schema) -> list[str]:
        """The lines of one change: one directive, or a batch of several."""
        if not schema.tables or (len(schema.tables) < 5 and self._chance(0.1)):
            return [self._create_table(schema)]
        table = self._pick(list(schema.tables.values()))
        kind = self.random.random()
        if kind < 0.04:
            return [f"op.drop_table({table.name!r})"]
        if kind < 0.1:
            return [f"op.rename_table({table.name!r}, {self._name('t')!r})"]
        change = self._pick(_CHANGES)
        said = change(self, schema, table)
        return [] if said is None else [self._plainly(table, *said)]

    def batched(self, schema: Schema) -> tuple[str, str, Table] | None:
        """The head of a batch, one directive of it, and the table that it is about."""
        if not schema.tables:
            return None
        table = self._pick(list(schema.tables.values()))
        how = self._pick(("", "", ", recreate='always'", ", recreate='auto'"))
        if "always" in how and self._chance(0.2):
            names = self.random.sample(list(table.columns), min(2, len(table.columns)))
            how += f", partial_reordering=[{tuple(names)!r}]"
        if "always" in how and self._chance(0.2) and (said := self._create_check(schema, table)):
            how += f", table_args=[sa.CheckConstraint({said[2]}, name={said[1]})]"
        if self.flavour is MARIADB and _is_badly_reflected(table):
            how = ""
        said = self._pick(_CHANGES)(self, schema, table)
        if said is None:
            return None
        head = f"with op.batch_alter_table({table.name!r}{how}) as batch:"
        return head, self.in_batch(*said), table

    def more(self, schema: Schema, table: Table) -> str | None:
        """Another directive of a batch."""
        said = self._pick(_CHANGES)(self, schema, table)
        return None if said is None else self.in_batch(*said)

    def in_batch(self, verb: str, first: str | None, rest: str) -> str:
        """A directive as it is said in a batch; ``first`` is what comes before the table's name elsewhere."""
        said = ", ".join(each for each in (first, rest) if each)
        if verb == "alter_column" and self._on_sqlite and self._chance(0.1):
            said += f", insert_{self._pick(('before', 'after'))}={{place}}"
        if verb == "add_column" and self._chance(0.2):
            said += f", insert_{self._pick(('before', 'after'))}={{place}}"
        return f"    batch.{verb}({said})"

    def _plainly(self, table: Table, verb: str, first: str | None, rest: str) -> str:
        parts = [first, repr(table.name), rest]
        if verb == "drop_index" and self._chance(0.3):
            parts = [first]
        return f"op.{verb}({', '.join(each for each in parts if each)})"

    # -- picking -----------------------------------------------------------------------------------

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _pick(self, among: Any) -> Any:
        return self.random.choice(among)

    def _name(self, prefix: str) -> str:
        self._names += 1
        return f"{prefix} {self._names} Or" if self._chance(0.08) else f"{prefix}{self._names}"

    def _constraint(self, prefix: str) -> str | None:
        """A name for a constraint, or none: the database gives one."""
        return None if self._chance(0.25) else self._name(prefix)

    def _column_of(self, table: Table, among: Callable[[str], bool] = lambda name: True) -> str | None:
        found = [name for name in table.columns if among(name)]
        return self._pick(found) if found else None

    def _plain_numbers(self, table: Table) -> list[str]:
        """Columns that expressions may compare with numbers."""
        return [
            name
            for name, column in table.columns.items()
            if isinstance(column.source.type, sa.Integer)
            and column.computed is None
            and column.identity is None
            and not column.autoincrement
            and not column.source.primary_key
            and not any(name in key.columns for key in table.foreign_keys)
        ]

    def _keyable(self, table: Table) -> list[str]:
        keys = {self.types[name].__class__ for name, kind in self.flavour.types.items() if kind.key}
        return [
            name
            for name, column in table.columns.items()
            if type(column.source.type) in keys
            and column.computed is None
            and (not isinstance(column.source.type, sa.String) or column.source.type.length != 1000)
        ]

    def _key(self, table: Table) -> list[str] | None:
        among = self._keyable(table)
        return self.random.sample(among, self.random.randint(1, min(2, len(among)))) if among else None

    def _type(self) -> str:
        return str(self._pick([*sorted(self.flavour.types), *(("yes or no",) if self._chance(0.3) else ())]))

    def _comment(self) -> str:
        return repr(self._pick(["plain", "it's quoted", "100% : colon", 'a "b" \\ c']))

    def _default(self, kind: str) -> str | None:
        """A default for a type of the flavour, as an argument; None if it can have none."""
        defaults = self.flavour.types[kind].defaults if kind in self.flavour.types else ()
        if not defaults:
            return None
        text: str = self._pick(defaults)
        return f"sa.text({text[1:]!r})" if text.startswith("=") else repr(text)

    def _existing(self, type_: Any) -> str:
        """The name of a type that a column has."""
        name = f"was{len(self.types)}"
        self.types[name] = type_
        return f"T[{name!r}]"

    # -- parts of tables ---------------------------------------------------------------------------

    def _column(self, schema: Schema, table: Table | None, plain: bool = False) -> str:
        """A column as an argument."""
        name, kind = self._name("c"), self._type()
        parts = [repr(name), f"T[{kind!r}]"]
        numbers = [] if table is None else self._plain_numbers(table)
        if numbers and self.flavour.computed and self._chance(0.08):
            text = f"{self.flavour.quote(self._pick(numbers))} + 1"
            return f"sa.Column({name!r}, sa.Integer, sa.Computed({text!r}))"
        if self._chance(0.1) and (targets := self._targets(schema)):
            parts[1] = "sa.Integer"
            rule = self._pick(_DELETE_RULES)
            rule += "" if self._chance(0.5) else f", name={self._name('fk')!r}"
            target = f"{self._pick(targets)}.id"
            return f"sa.Column({name!r}, sa.Integer, sa.ForeignKey({target!r}{rule}))"
        default = self._default(kind) if self._chance(0.4) else None
        if default is not None:
            parts.append(f"server_default={default}")
        if self._chance(0.4):
            parts.append(f"nullable={self._chance(0.3)}")
        if self._chance(0.1) and kind in self.flavour.types and self.flavour.types[kind].key:
            parts.append(self._pick(("unique=True", "index=True", "index=True, unique=True")))
        if self.flavour.comments and self._chance(0.2):
            parts.append(f"comment={self._comment()}")
        return f"sa.Column({', '.join(parts)})"

    def _targets(self, schema: Schema) -> list[str]:
        return [
            table.name
            for table in schema.tables.values()
            if table.primary_key is not None
            and table.primary_key.columns == ("id",)
            and isinstance(table.columns["id"].source.type, sa.Integer)
            and "." not in table.name
        ]

    def _create_table(self, schema: Schema) -> str:
        parts = [repr(self._name("t"))]
        if self._chance(0.85):
            key = self._pick(("", ", primary_key=True", ", primary_key=True, autoincrement=False"))
            parts.append(f"sa.Column('id', sa.Integer{key or ', nullable=False'})")
            if not key:
                parts.append(f"sa.PrimaryKeyConstraint('id', name={self._constraint('pk')!r})")
        else:
            parts.append("sa.Column('id', sa.Integer)")
        parts += [self._column(schema, None) for _ in range(self.random.randint(1, 5))]
        parts.append("sa.Column('n', sa.Integer)")
        parts.append("sa.Column('s', sa.String(30))")
        if self._chance(0.4):
            parts.append(f"sa.UniqueConstraint('n', name={self._constraint('uq')!r})")
        if self._chance(0.4):
            parts.append(f"sa.CheckConstraint('n > 0', name={self._constraint('ck')!r})")
        if self._chance(0.4):
            parts.append(f"sa.Index({self._name('ix')!r}, 's', 'n', unique={self._chance(0.3)})")
        if (targets := self._targets(schema)) and self._chance(0.4):
            name, target = self._constraint("fk"), self._pick(targets)
            parts.append(f"sa.ForeignKeyConstraint(['n'], [{target + '.id'!r}], name={name!r})")
        if self.flavour.comments and self._chance(0.3):
            parts.append(f"comment={self._comment()}")
        return f"op.create_table({', '.join(parts)})"

    # -- changes: verb, what precedes the table's name, what follows it; None if none fits -----------

    def _add_column(self, schema: Schema, table: Table) -> Said:
        return "add_column", None, self._column(schema, table)

    def _drop_column(self, schema: Schema, table: Table) -> Said:
        name = self._column_of(table)
        if name is None or len(table.columns) < 2:
            return None
        texts = [*(each.text for each in table.checks), *(str(each.elements) for each in table.indexes)]
        if self._on_sqlite and " " in name and any(name.lower() in text.lower() for text in texts):
            return None  # SQLite would go on with a name in double quotes as a string
        if self._chance(0.1):
            name = self._name("missing") if self._chance(0.5) else name
            return None if self._without_conditions else ("drop_column", None, f"{name!r}, if_exists=True")
        return "drop_column", None, repr(name)

    def _alter_column(self, schema: Schema, table: Table) -> Said:
        name = self._column_of(table)
        if name is None:
            return None
        column = table.columns[name].source
        wishes = []
        kind = next((each for each in self.flavour.types if self.types[each] is column.type), None)
        if self._chance(0.3):
            wishes.append(f"nullable={self._chance(0.6)}")
        # What PostgreSQL has written for IN stays as it was for the old type.
        held = any("any(array" in check.text and name in check.text for check in table.checks)
        if kind is not None and not held and self._chance(0.3):
            family = self.flavour.types[kind].family
            kind = self._pick([e for e, each in sorted(self.flavour.types.items()) if each.family == family])
            wishes.append(f"type_=T[{kind!r}]")
        if self.flavour is MARIADB and column.primary_key and self._chance(0.3):
            wishes.append(f"autoincrement={self._chance(0.5)}")
        if kind is not None and self._chance(0.3):
            wishes.append(f"server_default={self._default(kind) if self._chance(0.7) else None}")
        if self._chance(0.2):
            wishes.append(f"new_column_name={self._name('r')!r}")
        if self.flavour.comments and self._chance(0.2):
            wishes.append(f"comment={self._comment() if self._chance(0.7) else None}")
        if not wishes:
            return None
        if self._chance(0.5):
            wishes.append(f"existing_type={self._existing(column.type)}")
        if self._chance(0.5):
            wishes.append(f"existing_nullable={column.nullable}")
        if column.comment and self._chance(0.5):
            wishes.append(f"existing_comment={column.comment!r}")
        return "alter_column", None, f"{name!r}, {', '.join(wishes)}"

    def _create_index(self, schema: Schema, table: Table) -> Said:
        columns = self._key(table)
        if columns is None:
            return None
        parts, options = [repr(each) for each in columns], f", unique={self._chance(0.3)}"
        quoted = self.flavour.quote(columns[0])
        is_text = type(table.columns[columns[0]].source.type) in (sa.String, sa.Text)
        match self._pick(self.flavour.index_forms):
            case "desc":
                parts[0] = f"sa.text({quoted + ' DESC'!r})"
            case "where":
                where = f"sa.text({quoted + ' IS NOT NULL'!r})"
                options += f", postgresql_where={where}, sqlite_where={where}"
            case "lower" if is_text:
                parts[0] = f"sa.text({f'lower({quoted})'!r})"
            case "include" if "id" in table.columns:
                options += ", postgresql_include=['id']"
            case "prefix" if is_text:
                options += f", mariadb_length={ {columns[0]: 5} }"
        return "create_index", repr(self._name("ix")), f"[{', '.join(parts)}]{options}"

    def _drop_index(self, schema: Schema, table: Table) -> Said:
        names = [index.name for index in table.indexes if index.name is not None]
        return ("drop_index", repr(self._pick(names)), "") if names else None

    def _create_unique(self, schema: Schema, table: Table) -> Said:
        columns = self._key(table)
        if columns is None:
            return None
        return "create_unique_constraint", repr(self._constraint("uq")), repr(columns)

    def _create_check(self, schema: Schema, table: Table) -> Said:
        numbers = self._plain_numbers(table)
        if not numbers:
            return None
        # SQLite takes a name in double quotes for a string when its column is gone.
        name = self.flavour.quote(self._pick(numbers)).replace('"', "`" if self._on_sqlite else '"')
        text = self._pick(self.flavour.check_forms).format(name)
        return "create_check_constraint", repr(self._constraint("ck")), repr(text)

    def _create_foreign_key(self, schema: Schema, table: Table) -> Said:
        targets, numbers = self._targets(schema), self._plain_numbers(table)
        columns = [each for each in numbers if type(table.columns[each].source.type) is sa.Integer]
        if not targets or not columns:
            return None
        rest = f"{self._pick(targets)!r}, [{self._pick(columns)!r}], ['id']{self._pick(_DELETE_RULES)}"
        return "create_foreign_key", repr(self._constraint("fk")), rest

    def _create_primary_key(self, schema: Schema, table: Table) -> Said:
        columns = self._key(table)
        if columns is None or table.primary_key is not None:
            return None
        return "create_primary_key", repr(self._constraint("pk")), repr(columns)

    def _drop_constraint(self, schema: Schema, table: Table) -> Said:
        kind, among = self._pick(
            (
                ("unique", table.uniques),
                ("foreignkey", table.foreign_keys),
                ("check", table.checks),
                ("primary", () if table.primary_key is None else (table.primary_key,)),
            )
        )
        names = [each.name for each in among if each.name is not None]
        if not names:
            return None
        if self.flavour is not MARIADB and self._chance(0.2):
            return "drop_constraint", repr(self._pick(names)), ""
        return "drop_constraint", repr(self._pick(names)), f"type_={kind!r}"

    def _comment_table(self, schema: Schema, table: Table) -> Said:
        if not self.flavour.comments:
            return None
        if self._chance(0.3):
            return "drop_table_comment", None, ""
        return "create_table_comment", None, self._comment()


def _is_badly_reflected(table: Table) -> bool:
    """Whether the table has what SQLAlchemy's Inspector, of which a rebuild lives there, doesn't see."""
    return any(" DESC" in str(index.elements) for index in table.indexes) or any(
        "(" in (column.default or "") for column in table.columns.values()
    )


Said = tuple[str, "str | None", str] | None

_CHANGES: tuple[Callable[[Maker, Schema, Table], Said], ...] = (
    Maker._add_column,
    Maker._add_column,
    Maker._drop_column,
    Maker._alter_column,
    Maker._alter_column,
    Maker._alter_column,
    Maker._create_index,
    Maker._drop_index,
    Maker._create_unique,
    Maker._create_check,
    Maker._create_foreign_key,
    Maker._create_primary_key,
    Maker._drop_constraint,
    Maker._drop_constraint,
    Maker._comment_table,
)
