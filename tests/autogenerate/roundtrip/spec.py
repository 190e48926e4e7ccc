"""Random schemas, and random changes of them, as plain values from which SQLAlchemy's MetaData is made.

A :class:`Model` knows nothing of SQLAlchemy until :func:`metadata` builds it, so that the schemas before and
after a change are two unrelated sets of objects, as they are in a user's project over time.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from random import Random
from typing import Any

import sqlalchemy as sa

from .flavours import Flavour


@dataclass
class ColumnSpec:
    type: str
    nullable: bool = True
    default: str | None = None
    comment: str | None = None
    kind: str = "plain"  # or "computed", "identity"
    detail: str = ""


@dataclass
class TableSpec:
    columns: dict[str, ColumnSpec] = field(default_factory=dict)
    primary_key: list[str] = field(default_factory=list)
    uniques: dict[str, list[str]] = field(default_factory=dict)
    indexes: dict[str, dict[str, Any]] = field(default_factory=dict)
    foreign_keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    checks: dict[str, str] = field(default_factory=dict)
    comment: str | None = None


Model = dict[str, TableSpec]


class Maker:
    """Makes models and changes them, by a random source that a seed determines."""

    def __init__(self, seed: int, flavour: Flavour) -> None:
        self.random = Random(seed)
        self.flavour = flavour
        self._names = 0

    def model(self) -> Model:
        """A schema of one to four tables."""
        model: Model = {}
        for _ in range(self.random.randint(1, 4)):
            self._add_table(model)
        return model

    def changed(self, model: Model) -> Model:
        """Another schema, from one to six changes away."""
        model = copy.deepcopy(model)
        for _ in range(self.random.randint(1, 6)):
            change = self.random.choice(self.flavour.changes)
            getattr(self, f"_{change}")(model)
        return model

    # -- what there is to pick from ----------------------------------------------------------------

    def _name(self, prefix: str) -> str:
        self._names += 1
        odd = self.random.random() < 0.1
        return f"{prefix} {self._names} Or" if odd else f"{prefix}{self._names}"

    def _table(self, model: Model) -> TableSpec | None:
        return model[self.random.choice(list(model))] if model else None

    def _plain(self, table: TableSpec) -> list[str]:
        """Columns that nothing else mentions, so that they can go or change."""
        used = set(table.primary_key)
        for columns in table.uniques.values():
            used.update(columns)
        for index in table.indexes.values():
            used.update(index["columns"])
        for key in table.foreign_keys.values():
            used.add(key["column"])
        for text in table.checks.values():
            used.update(name for name in table.columns if name in text)
        for column in table.columns.values():
            used.update(name for name in table.columns if column.kind == "computed" and name in column.detail)
        return [name for name in table.columns if name not in used]

    def _numbers(self, table: TableSpec) -> list[str]:
        """Columns that expressions may use: MariaDB allows neither a counter nor a foreign key there."""
        return [
            name
            for name, column in table.columns.items()
            if column.type == "integer" and column.kind == "plain" and name[0] in "cp" and " " not in name
        ]

    def _keyable(self, table: TableSpec) -> list[str]:
        return [name for name, column in table.columns.items() if self._can_be_key(column)]

    def _can_be_key(self, column: ColumnSpec) -> bool:
        return column.kind == "plain" and self.flavour.types[column.type].key

    # -- additions ---------------------------------------------------------------------------------

    def _add_table(self, model: Model) -> None:
        table = TableSpec()
        table.columns["id"] = ColumnSpec(self.flavour.key_type, nullable=False)
        table.primary_key = ["id"]
        if self.random.random() < 0.2:
            table.columns["part"] = ColumnSpec("integer", nullable=False)
            table.primary_key = ["id", "part"]
        model[self._name("t")] = table
        for _ in range(self.random.randint(1, 6)):
            self._add_column_to(table)
        for addition in ("unique", "index", "foreign_key", "check"):
            if self.random.random() < 0.5:
                getattr(self, f"_add_{addition}_to")(model, table)
        if self.flavour.comments and self.random.random() < 0.3:
            table.comment = self._comment()

    def _comment(self) -> str:
        return self.random.choice(["plain", "it's quoted", "100% : colon", 'a "b" \\ c'])

    def _add_column(self, model: Model) -> None:
        if table := self._table(model):
            self._add_column_to(table)

    def _add_column_to(self, table: TableSpec) -> None:
        name = self._name("c")
        base = self._numbers(table)
        if base and self.flavour.computed and self.random.random() < 0.1:
            detail = self.random.choice(base)
            table.columns[name] = ColumnSpec("integer", kind="computed", detail=f"{detail} + 1")
            return
        table.columns[name] = self._column()

    def _column(self) -> ColumnSpec:
        column = ColumnSpec(self.random.choice(list(self.flavour.types)), self.random.random() < 0.6)
        self._give_default(column)
        if self.flavour.comments and self.random.random() < 0.2:
            column.comment = self._comment()
        return column

    def _give_default(self, column: ColumnSpec) -> None:
        column.default = None
        defaults = self.flavour.types[column.type].defaults
        if defaults and self.random.random() < 0.5:
            column.default = self.random.choice(list(defaults))

    def _add_unique(self, model: Model) -> None:
        if table := self._table(model):
            self._add_unique_to(model, table)

    def _add_unique_to(self, model: Model, table: TableSpec) -> None:
        columns = self._pick_key(table)
        if columns and columns not in table.uniques.values() and columns != table.primary_key:
            table.uniques[self._name("uq")] = columns

    def _pick_key(self, table: TableSpec) -> list[str]:
        keyable = self._keyable(table)
        return self.random.sample(keyable, self.random.randint(1, min(2, len(keyable)))) if keyable else []

    def _add_index(self, model: Model) -> None:
        if table := self._table(model):
            self._add_index_to(model, table)

    def _add_index_to(self, model: Model, table: TableSpec) -> None:
        columns = self._pick_key(table)
        if not columns or any(set(columns) == set(other["columns"]) for other in table.indexes.values()):
            return
        index: dict[str, Any] = {"columns": columns, "unique": self.random.random() < 0.3}
        index["form"] = self.random.choice(self.flavour.index_forms)
        if index["unique"] and columns in table.uniques.values():
            return
        table.indexes[self._name("ix")] = index

    def _add_foreign_key(self, model: Model) -> None:
        if table := self._table(model):
            self._add_foreign_key_to(model, table)

    def _add_foreign_key_to(self, model: Model, table: TableSpec) -> None:
        targets = [name for name, other in model.items() if other.primary_key == ["id"]]
        if not targets:
            return
        column = self._name("ref")
        table.columns[column] = ColumnSpec(self.flavour.key_type)
        options = self.random.choice(self.flavour.foreign_key_options)
        table.foreign_keys[self._name("fk")] = {
            "column": column,
            "target": self.random.choice(targets),
            "options": dict(options),
        }

    def _add_check(self, model: Model) -> None:
        if table := self._table(model):
            self._add_check_to(model, table)

    def _add_check_to(self, model: Model, table: TableSpec) -> None:
        if numbers := self._numbers(table):
            column = self.random.choice(numbers)
            form = self.random.choice(self.flavour.check_forms)
            table.checks[self._name("ck")] = form.format(column)

    # -- removals ----------------------------------------------------------------------------------

    def _drop_table(self, model: Model) -> None:
        if len(model) < 2:
            return
        gone = self.random.choice(list(model))
        del model[gone]
        for table in model.values():
            for name, key in list(table.foreign_keys.items()):
                if key["target"] == gone:
                    del table.foreign_keys[name]

    def _drop_column(self, model: Model) -> None:
        table = self._table(model)
        if table and (free := self._plain(table)):
            del table.columns[self.random.choice(free)]

    def _drop_part(self, model: Model, part: str) -> None:
        table = self._table(model)
        if table and (parts := getattr(table, part)):
            del parts[self.random.choice(list(parts))]

    def _drop_unique(self, model: Model) -> None:
        self._drop_part(model, "uniques")

    def _drop_index(self, model: Model) -> None:
        self._drop_part(model, "indexes")

    def _drop_foreign_key(self, model: Model) -> None:
        self._drop_part(model, "foreign_keys")

    def _drop_check(self, model: Model) -> None:
        self._drop_part(model, "checks")

    # -- alterations -------------------------------------------------------------------------------

    def _alterable(self, model: Model) -> ColumnSpec | None:
        table = self._table(model)
        if table and (free := self._plain(table)):
            column = table.columns[self.random.choice(free)]
            return column if column.kind == "plain" else None
        return None

    def _alter_type(self, model: Model) -> None:
        if column := self._alterable(model):
            family = self.flavour.types[column.type].family
            siblings = [name for name, type_ in self.flavour.types.items() if type_.family == family]
            column.type = self.random.choice(siblings)
            self._give_default(column)

    def _alter_nullable(self, model: Model) -> None:
        if column := self._alterable(model):
            column.nullable = not column.nullable

    def _alter_default(self, model: Model) -> None:
        if column := self._alterable(model):
            self._give_default(column)

    def _alter_comment(self, model: Model) -> None:
        if column := self._alterable(model):
            column.comment = self.random.choice([None, self._comment()])

    def _alter_table_comment(self, model: Model) -> None:
        if table := self._table(model):
            table.comment = self.random.choice([None, self._comment()])

    def _alter_index(self, model: Model) -> None:
        table = self._table(model)
        if table and table.indexes:
            index = table.indexes[self.random.choice(list(table.indexes))]
            index["form"] = self.random.choice(self.flavour.index_forms)
            index["unique"] = not index["unique"] and index["columns"] not in table.uniques.values()

    def _alter_foreign_key(self, model: Model) -> None:
        table = self._table(model)
        if table and table.foreign_keys:
            key = table.foreign_keys[self.random.choice(list(table.foreign_keys))]
            key["options"] = dict(self.random.choice(self.flavour.foreign_key_options))

    def _alter_check(self, model: Model) -> None:
        table = self._table(model)
        numbers = self._numbers(table) if table else []
        if table and table.checks and numbers:
            name = self.random.choice(list(table.checks))
            table.checks[name] = self.random.choice(self.flavour.check_forms).format(
                self.random.choice(numbers)
            )

    def _alter_computed(self, model: Model) -> None:
        table = self._table(model)
        if table:
            for column in table.columns.values():
                if column.kind == "computed":
                    column.detail = column.detail.split(" + ")[0] + f" + {self.random.randint(2, 9)}"

    def _alter_primary_key(self, model: Model) -> None:
        table = self._table(model)
        name = next((n for n in model if model[n] is table), None)
        referred = any(
            key["target"] == name for other in model.values() for key in other.foreign_keys.values()
        )
        if table and not referred:
            extra = [
                n
                for n, column in table.columns.items()
                if column.type == "integer" and column.kind == "plain" and n in self._plain(table)
            ]
            if table.primary_key == ["id"] and extra:
                table.primary_key = ["id", self.random.choice(extra)]
                table.columns[table.primary_key[1]].nullable = False
            elif len(table.primary_key) == 2:
                table.primary_key = ["id"]


def metadata(model: Model, flavour: Flavour) -> sa.MetaData:
    """SQLAlchemy's objects for a model."""
    result = sa.MetaData()
    for name, spec in model.items():
        columns = [_column(column, text, flavour, name) for column, text in spec.columns.items()]
        table = sa.Table(name, result, *columns, comment=spec.comment, **flavour.table_options)
        table.append_constraint(sa.PrimaryKeyConstraint(*spec.primary_key))
        for unique, names in spec.uniques.items():
            table.append_constraint(sa.UniqueConstraint(*names, name=unique))
        for check, text in spec.checks.items():
            table.append_constraint(sa.CheckConstraint(text, name=check))
        for index, parts in spec.indexes.items():
            flavour.index(index, table, parts)
        for key, parts in spec.foreign_keys.items():
            table.append_constraint(
                sa.ForeignKeyConstraint(
                    [parts["column"]], [f"{parts['target']}.id"], name=key, **parts["options"]
                )
            )
    return result


def _column(name: str, spec: ColumnSpec, flavour: Flavour, table: str) -> sa.Column[Any]:
    type_ = flavour.types[spec.type].make(f"{table}_{name}".replace(" ", "_").lower())
    if spec.kind == "computed":
        text = spec.detail
        base, _, rest = text.partition(" + ")
        quoted = flavour.quote(base)
        return sa.Column(name, type_, sa.Computed(f"{quoted} + {rest}", persisted=True))
    default = None
    if spec.default is not None:
        text = spec.default
        default = sa.text(text[1:]) if text.startswith("=") else text
    return sa.Column(name, type_, nullable=spec.nullable, server_default=default, comment=spec.comment)
