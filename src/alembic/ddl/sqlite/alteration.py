"""Operations on one table together: by ALTER TABLE where that will do, else by making the table anew once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy.schema import Column, Computed, CreateIndex

from ...errors.batch import ConstraintMissing
from ...schema.tokens import SQLITE, Kind, tokens
from ..statement import Statement
from . import edits
from .compile import default_text
from .create_table import ClauseKind, parse_create_table
from .definition import Definition
from .rebuild import Rebuild
from .restated import Restated
from .stored import Place

if TYPE_CHECKING:
    from sqlalchemy import Index

    from .operations import SQLiteImpl


class Entry(NamedTuple):
    """A method of the impl, and its arguments."""

    name: str
    args: tuple[Any, ...]
    kw: dict[str, Any]


# What ALTER TABLE … DROP COLUMN refuses: https://www.sqlite.org/lang_altertable.html, section 5.
_BOUND = (ClauseKind.PRIMARY_KEY, ClauseKind.UNIQUE, ClauseKind.FOREIGN_KEY)
_DROPS_COLUMNS = (3, 35)
_PLACES = ("insert_before", "insert_after")


class Alteration:
    """Operations on a table that wait to be carried out together.

    :param impl: carries out what ALTER TABLE can do.
    :param place: the table.
    :param always: make the table anew even if ALTER TABLE would do.
    :param batch: the operations were said in a batch, not one by one.
    :param naming_convention: tells which constraint without a name is meant.
    :param restated: what the batch says about the table.

    ``order`` may be set to columns that are to be put one behind the other, ``entries`` is what to do.
    """

    def __init__(
        self,
        impl: SQLiteImpl,
        place: Place,
        *,
        always: bool = False,
        batch: bool = False,
        naming_convention: Mapping[str, str] | None = None,
        restated: Restated | None = None,
    ) -> None:
        self.place = place
        self.entries: list[Entry] = []
        self._impl = impl
        self._always = always
        self._batch = batch
        self._convention = naming_convention
        self._restated = restated or Restated()
        self._dropped: list[str] = []
        self.order: Sequence[Sequence[str]] = ()

    def carry_out(self) -> None:
        """Run it all, or nothing."""
        if self._always or self.order or self._names_change() or not all(map(self.is_native, self.entries)):
            rebuild = Rebuild(self._impl.sink, self.place)
            with rebuild.protected():
                self._rebuild(rebuild)
            return
        for name, args, kw in self.entries:
            getattr(self._impl, f"native_{name}")(*args, **_without_places(kw))

    def _names_change(self) -> bool:
        """Whether an index may name a column that isn't there any more, or by another name."""
        kinds = {entry.name for entry in self.entries}
        return "create_index" in kinds and not kinds.isdisjoint(("alter_column", "drop_column"))

    def is_native(self, entry: Entry) -> bool:
        """Whether ALTER TABLE can do it, to the table as it is now."""
        name, args, kw = entry
        if any(kw.get(hint) is not None for hint in _PLACES):
            return False
        if name == "add_column":
            return self._can_be_added(args[1], kw)
        if name == "drop_column":
            return self._can_be_dropped(args[1].name)
        if name == "alter_column":
            changes = (kw.get("nullable"), kw.get("type_"))
            return (
                not any(change is not None for change in changes)
                and kw.get("server_default", False) is False
                and self._is_free(args[1], kw.get("name"))
            )
        return name in ("create_index", "drop_index")

    def _is_free(self, column: str, name: str | None) -> bool:
        """Whether a column can be renamed at once."""
        return name is None or not any(
            edits.same(each, name) and not edits.same(each, column) for each in self.place.columns()
        )

    def _can_be_added(self, column: Column[Any], kw: Mapping[str, Any]) -> bool:
        """Whether ADD COLUMN takes it: no key, and a constant for the rows that are there."""
        default = column.server_default
        if column.unique or kw.get("inline_primary_key"):
            return False
        if isinstance(default, Computed):
            return not default.persisted
        if default is None:
            return bool(column.nullable)
        text = default_text(self._impl.ddl_compiler(), default)
        constant = not text.startswith("(") and not text.upper().startswith("CURRENT_")
        empty = text.upper() == "NULL"
        return constant and not (empty and not column.nullable) and (empty or not column.foreign_keys)

    def _can_be_dropped(self, name: str) -> bool:
        """Whether nothing but the column's own definition speaks of it."""
        place = self.place
        if (
            getattr(place.connection.dialect, "server_version_info", None) or _DROPS_COLUMNS
        ) < _DROPS_COLUMNS:
            return False
        parsed = parse_create_table(place.definition())
        column = next((each for each in parsed.columns.values() if edits.same(each.name, name)), None)
        if column is None:
            return True  # SQLite's own message says it best
        if len(parsed.columns) == 1 or any(clause.kind in _BOUND for clause in column.clauses):
            return False
        if any(token.kind is Kind.COMMENT for token in tokens(parsed.text, SQLITE)):
            return False  # SQLite cuts the text from a comma on, be it one in a comment
        own = parsed.of(column.span)
        rest = parsed.text.replace(own, "", 1)
        mentioning = f"SELECT sql FROM {place.master} WHERE sql IS NOT NULL AND type <> 'table'"
        return not any(
            edits.speaks_of(text, name) for text in (rest, *(sql for (sql,) in place.rows(mentioning)))
        )

    def _rebuild(self, rebuild: Rebuild) -> None:
        self._drop_indexes()
        present, belated = self._rename()
        text = self.place.definition()
        future = {new: name for name, new in belated}
        base = self._restated.text(self._impl, self.place, text, present)
        definition = Definition(
            self._impl, self.place.name, base, present, future, self._convention, self._returning()
        )
        self._restated.before(self._impl, self.place, definition)
        for name, args, kw in self.entries:
            if name not in ("create_index", "drop_index"):
                getattr(definition, name)(*args, **kw)
        if self.order:
            definition.place([list(names) for names in self.order])
        indexes = self._restated.after(self._impl, definition)
        if self._always or definition.text != text:
            rebuild.carry_out(definition)
        for old, new in belated:
            self._impl.native_alter_column(self.place.name, old, name=new, schema=self.place.schema)
        present_indexes = [each.name for each in self.place.objects("index")]
        for index in indexes:
            if not any(edits.same(each, str(index.name)) for each in (*present_indexes, *self._dropped)):
                self._create_index(index, definition, dict(belated), {})
        for name, args, kw in self.entries:
            if name == "create_index":
                self._create_index(args[0], definition, dict(belated), kw)

    def _create_index(
        self, index: Index, definition: Definition, belated: Mapping[str, str], kw: Mapping[str, Any]
    ) -> None:
        """CREATE INDEX, with the names that its columns have now.

        :raises ColumnMissing: a column isn't there; SQLite would take a name in double quotes for a string.
        """
        for column in index.columns:
            if isinstance(column, Column):  # not a piece of SQL
                definition.name_of(column.name)
        statement = CreateIndex(index, **kw)
        text = self._impl.ddl_compiler().process(statement)
        start = text.index("(")
        renamed = {old: belated.get(name, name) for old, name in definition.renamed.items()}
        columns = [belated.get(name, name) for name in definition.parsed.columns]
        parts = definition.with_present_names(text[start:], renamed, columns)
        if parts == text[start:]:
            self._impl.native_create_index(index, **kw)
        else:
            self._impl.sink.emit(Statement(text[:start] + parts))

    def _returning(self) -> list[str]:
        """Columns that a batch adds: one that it has dropped before keeps what is on it.

        So batches have always been understood. They are written in this way to change a generated column.
        """
        return [args[1].name for name, args, _ in self.entries if name == "add_column" and self._batch]

    def _drop_indexes(self) -> None:
        for name, args, kw in self.entries:
            if name == "drop_index":
                names = [each.name for each in self.place.objects("index")]
                if not kw.get("if_exists") and not any(edits.same(each, args[0].name) for each in names):
                    raise ConstraintMissing("index", args[0].name, names)
                self._impl.native_drop_index(*args, **kw)
                self._dropped.append(str(args[0].name))

    def _rename(self) -> tuple[dict[str, str], list[tuple[str, str]]]:
        """Rename columns, in the way that changes whatever speaks of them too.

        :returns: the present names by the old ones, and renames that wait: until a name is free, or the
            column is there.
        """
        renames = {
            str(args[1]): str(kw["name"])
            for name, args, kw in self.entries
            if name == "alter_column" and kw.get("name") is not None
        }
        present = {}
        belated = []
        for old, new in renames.items():
            if not any(edits.same(each, old) for each in self.place.columns()):
                belated.append((old, new))
                continue
            name = new if self._is_free(old, new) else f"_alembic_tmp_{new}"
            self._impl.native_alter_column(self.place.name, old, name=name, schema=self.place.schema)
            present[old] = name
            if name != new:
                belated.append((name, new))
        return present, belated


def _without_places(kw: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in kw.items() if key not in _PLACES}
