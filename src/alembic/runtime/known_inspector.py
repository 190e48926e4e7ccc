"""What ``sqlalchemy.inspect(op.get_bind())`` gives to a revision that is replayed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

from ..errors.ddl import NoResultInScript
from ..schema.knowledge import known

if TYPE_CHECKING:
    from ..schema.shapes import Schema


class KnownInspector:
    """Answers whether tables and columns exist, as far as that is known; any other question is an error.

    :param schema: gives the schema as it is now.
    :param default_schema: the name of the schema that None stands for.
    :param version_table: exists as well.
    """

    def __init__(
        self, schema: Callable[[], Schema], default_schema: str | None, version_table: tuple[str | None, str]
    ) -> None:
        self._schema = schema
        self._default_schema = default_schema
        self._version_table = version_table

    @property
    def default_schema_name(self) -> str | None:
        """The name of the default schema, if it is known without a database."""
        return self._default_schema

    def has_table(self, table_name: str, schema: str | None = None, **kw: Any) -> bool:
        """Whether there is such a table.

        :raises NoResultInScript: that isn't known.
        """
        key = (None if schema == self._default_schema else schema, table_name)
        exists = True if key == self._version_table else known(self._schema(), key)
        if exists is None:
            raise NoResultInScript(f"has_table({table_name!r})")
        return exists

    def get_table_names(self, schema: str | None = None, **kw: Any) -> list[str]:
        """The tables; going through all of them takes that all are known."""
        return _Names(self, schema)

    def get_columns(self, table_name: str, schema: str | None = None, **kw: Any) -> list[Any]:
        """The columns with name, nullability and comment.

        :raises NoResultInScript: the table isn't known.
        """
        key = (None if schema == self._default_schema else schema, table_name)
        table = self._schema().tables.get(key)
        if table is None:
            raise NoResultInScript(f"get_columns({table_name!r})")
        return [
            _Column(name=column.name, nullable=column.nullable, comment=column.comment)
            for column in table.columns.values()
        ]

    def names(self, schema: str | None) -> list[str]:
        """All tables of a schema.

        :raises NoResultInScript: whether others exist isn't known.
        """
        present = self._schema()
        if present.unknown_rest is not None or present.unknown:
            raise NoResultInScript("get_table_names()")
        wanted = None if schema == self._default_schema else schema
        keys = {*present.tables, self._version_table}
        return sorted(name for each, name in keys if each == wanted)

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NoResultInScript(f"inspect().{name}")


class _Names(list[str]):
    """The names of tables: whether a certain one is among them may be known when not all of them are."""

    def __init__(self, inspector: KnownInspector, schema: str | None) -> None:
        super().__init__()
        self._inspector, self._schema = inspector, schema

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._inspector.has_table(name, self._schema)

    def __iter__(self) -> Iterator[str]:
        return iter(self._inspector.names(self._schema))

    def __len__(self) -> int:
        return len(self._inspector.names(self._schema))

    def __getitem__(self, index: Any) -> Any:
        return self._inspector.names(self._schema)[index]

    def __eq__(self, other: object) -> bool:
        return self._inspector.names(self._schema) == other

    def __repr__(self) -> str:
        return repr(self._inspector.names(self._schema))

    __hash__ = None


class _Column(dict[str, Any]):
    """What is said of a column; the rest, such as the type as the database would tell it, isn't known."""

    def __missing__(self, key: str) -> NoReturn:
        raise NoResultInScript(f"get_columns()[…][{key!r}]")

    def get(self, key: str, default: Any = None) -> Any:
        return self[key]
