"""Random SQLite databases from raw SQL, made of parts so that the text after a change is known beforehand."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field
from random import Random
from typing import Any

TYPES = ("INTEGER", "TEXT", "VARCHAR(10)", "NUMERIC(8, 2)", "REAL", "DATE", "double precision", "")
ACTIONS = (
    "",
    " ON DELETE CASCADE",
    " ON DELETE SET NULL ON UPDATE CASCADE",
    " ON DELETE SET DEFAULT",
    " ON DELETE RESTRICT",
    " DEFERRABLE INITIALLY DEFERRED",
)
STRICT_TYPES = ("INTEGER", "TEXT", "ANY")


@dataclass
class Col:
    """A column: its name as written, its type, its clauses by kind, and a comment behind it."""

    name: str
    type: str
    clauses: dict[str, str] = field(default_factory=dict)
    comment: str = ""

    @property
    def bare(self) -> str:
        return self.name.strip('"[]`')

    @property
    def sql(self) -> str:
        return " ".join(filter(None, (self.name, self.type, *self.clauses.values())))

    @property
    def is_generated(self) -> bool:
        return "generated" in self.clauses


@dataclass
class Part:
    """A constraint of the table and the columns that it is on."""

    sql: str
    name: str | None = None
    columns: tuple[str, ...] = ()


@dataclass
class Model:
    """The table that is changed."""

    columns: list[Col]
    parts: list[Part]
    tail: str = ""
    gap: str = "\n  "

    def column(self, name: str) -> Col:
        return next(each for each in self.columns if each.bare == name)

    @property
    def strict(self) -> bool:
        return "STRICT" in self.tail

    def sql(self) -> str:
        pieces = [(each.sql, each.comment) for each in self.columns] + [(part.sql, "") for part in self.parts]
        lines = []
        for number, (sql, comment) in enumerate(pieces):
            comma = "," if number + 1 < len(pieces) else ""
            lines.append(f"{self.gap}{sql}{comma}{comment}")
        return "CREATE TABLE t (" + "".join(lines) + "\n)" + self.tail


@dataclass
class World:
    """A whole database, and the model of table ``t``, which may have another name in it.

    :param before: statements before the one that makes the table; ``after`` so.
    :param schema: where everything is.
    :param enforced: foreign keys are.
    :param orphans: statements that break foreign keys.
    """

    model: Model
    before: list[str]
    after: list[str]
    rows: list[dict[str, Any]]
    name: str = "t"
    schema: str | None = None
    enforced: bool = True
    analysed: bool = False
    orphans: list[str] = field(default_factory=list)

    def sql(self, statement: str) -> str:
        """A statement for this schema and this name."""
        if self.schema:
            statement = _CREATED.sub(rf"\1{self.schema}.\2", statement)
        return _T.sub(f'"{self.name}"', statement) if self.name != "t" else statement

    def statements(self, model: Model) -> list[str]:
        """What makes the database, with one or the other model."""
        return [self.sql(each) for each in (*self.before, model.sql(), *self.after)]


_CREATED = re.compile(r"^(CREATE (?:TABLE|INDEX|TRIGGER|VIEW) |ALTER TABLE )(\w)")
_T = re.compile(r"\bt\b")


class Maker:
    """Makes databases and changes by a seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def world(self) -> World:
        model = self._model()
        orphans = [
            "INSERT INTO k VALUES ('lost', 4711)",
            *("UPDATE t SET up = 4712" for part in model.parts if part.name == "fk_up"),
            *(
                f"UPDATE t SET {each.name} = 4713 WHERE id = 1"
                for each in model.columns
                if "reference" in each.clauses
            ),
        ]
        return World(
            model,
            self._before(),
            self._after(model),
            self._rows(model),
            self.random.choice(("t", "t", "t", "my t", "Grüße")),
            "other" if self.chance(0.15) else None,
            self.chance(0.85),
            self.chance(0.2),
            orphans if self.chance(0.15) else [],
        )

    # -- the table -----------------------------------------------------------------------------------

    def _model(self) -> Model:
        strict = self.chance(0.2)
        without_rowid = self.chance(0.15)
        tail = ", ".join(filter(None, ("STRICT" if strict else "", "WITHOUT ROWID" if without_rowid else "")))
        model = Model([], [], f" {tail}" if tail else "", self.random.choice(["\n  ", " ", "\n\t"]))
        model.columns.append(self._key(model, without_rowid))
        for number in range(self.random.randint(2, 5)):
            model.columns.append(self._column(f"c{number}", strict))
        if self.chance(0.3):
            kind = self.random.choice(("STORED", "VIRTUAL"))
            source = self.random.choice([each.name for each in model.columns])
            model.columns.append(
                Col("g", "TEXT", {"generated": f"GENERATED ALWAYS AS ({source} || 'x') {kind}"})
            )
        self._constraints(model)
        for column in model.columns:
            if self.chance(0.2):
                column.comment = self.random.choice([" -- it's, a comment\n", " /* (of, a kind) */"])
        return model

    def _key(self, model: Model, without_rowid: bool) -> Col:
        if without_rowid or self.chance(0.3):
            model.parts.append(Part("PRIMARY KEY (id)", columns=("id",)))
            return Col("id", "INTEGER" if model.strict else "INT", {"null": "NOT NULL"})
        auto = " AUTOINCREMENT" if self.chance(0.5) else ""
        return Col("id", "INTEGER", {"key": "PRIMARY KEY" + auto})

    def _column(self, name: str, strict: bool) -> Col:
        written = self.random.choice([name, name, f'"{name}"', f"[{name}]", f"`{name}`"])
        column = Col(written, self.random.choice(STRICT_TYPES if strict else TYPES))
        options = {
            "null": ("NOT NULL", "NOT NULL ON CONFLICT ABORT", "CONSTRAINT nn NOT NULL"),
            "default": ("DEFAULT 'a,b'", "DEFAULT (1 + 2)", "DEFAULT -5", "DEFAULT 7", "DEFAULT NULL"),
            "collate": ("COLLATE NOCASE", "COLLATE RTRIM"),
            "check": (f"CHECK (length({written}) < 1000)", f"CONSTRAINT ck_{name} CHECK ({written} <> ')')"),
        }
        for kind, choices in options.items():
            if self.chance(0.3):
                column.clauses[kind] = self.random.choice(choices)
        if "INTEGER" in column.type and self.chance(0.3):
            action = self.random.choice(ACTIONS)
            column.clauses["reference"] = f"REFERENCES p{self.random.choice(('', '(id)'))}{action}"
        if self.chance(0.15):
            column.clauses["unique"] = "UNIQUE" + self.random.choice(("", " ON CONFLICT REPLACE"))
        return column

    def _constraints(self, model: Model) -> None:
        plain = [each for each in model.columns[1:] if not each.is_generated]
        first, second = self.random.sample(plain, 2)
        if self.chance(0.4):
            conflict = self.random.choice(("", " ON CONFLICT IGNORE"))
            model.parts.append(
                Part(
                    f"CONSTRAINT uq UNIQUE ({first.name}, {second.name} COLLATE NOCASE){conflict}"
                    if self.chance(0.5)
                    else f"CONSTRAINT uq UNIQUE({first.name}, {second.name}){conflict}",
                    "uq",
                    (first.bare, second.bare),
                )
            )
        if self.chance(0.4):
            model.parts.append(
                Part(f"CHECK (typeof({first.name}) <> 'nothing, at all')", columns=(first.bare,))
            )
        if self.chance(0.3):
            model.parts.append(Part("CONSTRAINT big CHECK (id > -1)", "big"))
        if self.chance(0.3):
            model.columns.append(Col("up", "INTEGER"))
            action = self.random.choice(ACTIONS)
            model.parts.append(
                Part(f"CONSTRAINT fk_up FOREIGN KEY (up) REFERENCES t(id){action}", "fk_up", ("up",))
            )

    # -- what is around it ---------------------------------------------------------------------------

    def _before(self) -> list[str]:
        return [
            "CREATE TABLE p (id INTEGER PRIMARY KEY, code TEXT)",
            "INSERT INTO p VALUES (1, 'a'), (2, 'b'), (3, NULL)",
        ]

    def _after(self, model: Model) -> list[str]:
        names = [each.name for each in model.columns if not each.is_generated]
        a, b = self.random.choice(names), self.random.choice(names[1:])
        action = self.random.choice(ACTIONS)
        found = [f"CREATE TABLE k (x TEXT, t_id INTEGER REFERENCES t (id){action})"]
        if self.chance(0.4):
            found.append(f"CREATE INDEX i1 ON t ({a}, {b} DESC)")
        if self.chance(0.3):
            found.append(f"CREATE INDEX i2 ON t (lower({b})) WHERE {a} IS NOT NULL -- partial")
        if self.chance(0.2):
            found.append(f"CREATE INDEX i3 ON t ({b} COLLATE RTRIM)")
        if self.chance(0.4):
            found.append(
                "CREATE TRIGGER tr AFTER DELETE ON t BEGIN INSERT INTO k (x) VALUES ('gone; ' || old.id); END"
            )
        if self.chance(0.4):
            found.append("CREATE VIEW v AS SELECT id, count(*) AS n FROM t GROUP BY id")
            if self.chance(0.3):
                found.append("CREATE TRIGGER tv INSTEAD OF INSERT ON v BEGIN SELECT 1; END")
        return found

    def _rows(self, model: Model) -> list[dict[str, Any]]:
        rows = []
        for number in range(self.random.choice((0, 1, 3, 20))):
            row: dict[str, Any] = {"id": number * 2 + 1}
            for column in model.columns[1:]:
                if not column.is_generated:
                    row[column.bare] = self._value(column, model, number)
            rows.append(row)
        return rows

    def _value(self, column: Col, model: Model, number: int) -> Any:
        if column.bare == "up":
            return self.random.choice([None, 1, number * 2 + 1])
        if "reference" in column.clauses:
            return (
                self.random.choice([1, 2, 3]) if "null" in column.clauses else self.random.choice([None, 1])
            )
        if "null" not in column.clauses and self.chance(0.2):
            return None
        if model.strict and column.type == "INTEGER":
            return 1000 + number
        if model.strict and column.type == "TEXT":
            return f"text {number}"
        return self.random.choice([1000 + number, f"Text {number}", 1.5 + number, b"\x00%d" % number])


def changed(model: Model) -> Model:
    """A copy to change."""
    return copy.deepcopy(model)
