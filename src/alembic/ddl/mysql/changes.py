"""What MySQL and MariaDB say where there is no directive."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from ..changes import Changes, Undoable
from ..ddl_text import ddl_text

if TYPE_CHECKING:
    from ...schema.shapes import Column as ColumnShape
    from ...schema.shapes import Options


class MySQLChanges(Changes):
    """Table options, primary keys in one statement, and the names that the servers give by themselves."""

    # InnoDB: errors 1553 and 1832.
    keys_need_indexes = True
    counting_columns_are_keys = True
    keys_hold_types = True
    names_can_be_told = True

    def literal(self, text: str) -> str:
        """A string as it stands in SQL, where a backslash is special."""
        return super().literal(text.replace("\\", "\\\\"))

    def given_name(self, kind: str, table: str, columns: Sequence[str], taken: Collection[str]) -> str | None:
        """As the servers: a key is named after its first column, the others have numbers."""
        folded = {name.lower() for name in taken}
        match kind:
            case "primary":
                return None
            case "unique":
                names = (columns[0] if n == 1 else f"{columns[0]}_{n}" for n in count(1))
            case "foreignkey":
                return f"{table}_ibfk_{_highest(f'{table}_ibfk_', taken) + 1}"
            case _:
                names = (f"CONSTRAINT_{n}" for n in count(1))
        return next(name for name in names if name.lower() not in folded)

    def name_in_renamed(self, name: str, old: str, new: str) -> str:
        """See :meth:`Changes.name_in_renamed`; what InnoDB has named after the table is renamed with it."""
        number = name.removeprefix(f"{old}_ibfk_")
        return f"{new}_ibfk_{number}" if number != name else name

    def replace_primary_key(
        self, schema: str | None, table: str, before: Sequence[str], after: Sequence[str]
    ) -> Undoable | None:
        """In one statement: a column with AUTO_INCREMENT must be a key at every moment."""

        def statement(old: Sequence[str], new: Sequence[str]) -> str:
            clauses = ["DROP PRIMARY KEY"] if old else []
            if new:
                clauses.append(f"ADD PRIMARY KEY ({', '.join(map(self.quote, new))})")
            return f"ALTER TABLE {self.qualified(schema, table)} {', '.join(clauses)}"

        return statement(before, after), statement(after, before)

    def table_options(
        self, schema: str | None, table: str, before: Options, after: Options
    ) -> list[Undoable] | None:
        """One statement; an option that is gone gets the value that the server has by itself, if known."""
        old, new = dict(before), dict(after)
        clauses: list[tuple[str, str]] = []
        for option in sorted({*old, *new}, key=_place):
            if old.get(option) == new.get(option):
                continue
            there, back = _clause(option, new.get(option)), _clause(option, old.get(option))
            if there is None or back is None:
                return None
            clauses.append((there, back))
        alter = f"ALTER TABLE {self.qualified(schema, table)} "
        return [
            (alter + " ".join(one for one, _ in clauses), alter + " ".join(other for _, other in clauses))
        ]

    def column_words(self, before: ColumnShape, after: ColumnShape) -> dict[str, Any]:
        """The CHECK that belongs to a column of MariaDB; a column that is restated without it loses it."""
        if not before.options and not after.options:
            return {}
        existing = before.source["check"] if before.options else ""
        if before.options == after.options:
            return {"existing_check": existing}
        wanted = ddl_text(own_checks(after.source)[0].sqltext, self.dialect) if after.options else ""
        return {"existing_check": existing, "check": wanted}

    def sequence_clause(self, option: str, value: Any) -> str | None:
        """One clause of ALTER SEQUENCE as MariaDB has it."""
        match option, value:
            case "cycle", _:
                return "CYCLE" if value else "NOCYCLE"
            case "cache", None:
                return "CACHE 1000"
        return super().sequence_clause(option, value)


def own_checks(column: sa.Column[Any]) -> list[sa.CheckConstraint]:
    """The CHECKs that are written with a column; named ones MariaDB would not take there."""
    found = [
        each for each in column.constraints if isinstance(each, sa.CheckConstraint) and each.name is None
    ]
    return sorted(found, key=lambda each: each._creation_order)


_WORDS = {
    "engine": "ENGINE={}",
    "charset": "DEFAULT CHARACTER SET {}",
    "default_charset": "DEFAULT CHARACTER SET {}",
    "collate": "COLLATE {}",
    "row_format": "ROW_FORMAT={}",
    "key_block_size": "KEY_BLOCK_SIZE={}",
    "auto_increment": "AUTO_INCREMENT={}",
}
_UNSAID = {"row_format": "DEFAULT", "key_block_size": 0, "auto_increment": 1}


def _place(option: str) -> tuple[int, str]:
    names = list(_WORDS)
    return (names.index(option) if option in names else len(names)), option


def _clause(option: str, value: object) -> str | None:
    value = _UNSAID.get(option) if value is None else value
    if value is None:
        return None
    return _WORDS.get(option, f"{option.upper()}={{}}").format(value)


def _highest(prefix: str, names: Collection[str]) -> int:
    """The highest number behind a prefix; 0 if there is none."""
    numbers = [name[len(prefix) :] for name in names if name.lower().startswith(prefix.lower())]
    return max((int(each) for each in numbers if each.isdecimal()), default=0)
