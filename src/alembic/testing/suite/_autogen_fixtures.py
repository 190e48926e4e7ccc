"""Comparisons of two schemas through the database under test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import (
    CHAR,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    testing,
    text,
)

from ... import autogenerate
from ...operations import ops
from ...runtime.migration import MigrationContext
from ..assertions import eq_

config: Any = testing.config  # it has no type hints
Filter = Callable[..., bool]


def _default_include_object(obj: Any, name: str, type_: str, reflected: bool, compare_to: Any) -> bool:
    """Compare everything."""
    return True


def _default_include_name(name: str | None, type_: str, parent_names: Any) -> bool:
    """Read everything."""
    return True


def _comparing(
    models: MetaData, objects: Filter, names: Filter | None, more: Mapping[str, Any]
) -> dict[str, Any]:
    """Arguments of ``context.configure()`` for a comparison of everything."""
    filters = {"include_object": objects, "include_name": names or _default_include_name}
    return {
        "target_metadata": models,
        "compare_type": True,
        "compare_server_default": True,
        **filters,
        **more,
    }


class _ComparesFKs:
    """Looks at differences of foreign keys."""

    def _assert_fk_diff(
        self,
        diff: Sequence[Any],
        type_: str,
        source_table: str,
        source_columns: Sequence[str],
        target_table: str,
        target_columns: Sequence[str],
        name: str | None = None,
        conditional_name: str | None = None,
        source_schema: str | None = None,
        onupdate: str | None = None,
        ondelete: str | None = None,
        initially: str | None = None,
        deferrable: bool | None = None,
    ) -> None:
        """It is of this kind, and of a key that is so.

        :param conditional_name: the name, where keys are reflected with theirs; ``"servergenerated"``: any.
        """
        kind, key = diff[0], diff[1]
        eq_(kind, type_)
        eq_(key.parent.name, source_table)
        eq_(key.parent.schema, source_schema)
        eq_([element.parent.name for element in key.elements], list(source_columns))
        targets = [element.column for element in key.elements]
        eq_({target.table.name for target in targets}, {target_table})
        eq_([target.name for target in targets], list(target_columns))
        if conditional_name is not None:
            if not config.requirements.fk_names.enabled:
                eq_(key.name, None)
            elif conditional_name == "servergenerated":
                assert key.name is not None
            else:
                eq_(key.name, conditional_name)
        else:
            eq_(key.name, name)
        eq_((key.onupdate, key.ondelete), (onupdate, ondelete))
        eq_((key.initially, key.deferrable), (initially, deferrable))


class AutogenFixtureTest(_ComparesFKs):
    """Compares two MetaData objects, the first of which is created."""

    def setUp(self) -> None:
        """Connect."""
        self.created: MetaData | None = None
        self.bind = config.db

    def tearDown(self) -> None:
        """Drop what was created."""
        if self.created is not None:
            self.created.drop_all(self.bind)

    def _fixture(
        self,
        m1: MetaData,
        m2: MetaData,
        include_schemas: bool = False,
        opts: Mapping[str, Any] | None = None,
        object_filters: Filter = _default_include_object,
        name_filters: Filter | None = None,
        return_ops: bool = False,
        max_identifier_length: int | None = None,
    ) -> ops.UpgradeOps | list[Any]:
        """What leads from a database with the tables of ``m1`` to one with those of ``m2``.

        :param opts: further arguments of ``context.configure()``.
        :param return_ops: operations, not differences.
        :param max_identifier_length: of the dialect, for this comparison.
        """
        dialect = self.bind.dialect
        length = dialect.max_identifier_length
        if max_identifier_length:
            dialect.max_identifier_length = dialect._user_defined_max_identifier_length = (
                max_identifier_length
            )
        self.created = m1
        try:
            m1.create_all(self.bind)
            with self.bind.connect() as connection:
                options = _comparing(m2, object_filters, name_filters, {"include_schemas": include_schemas})
                options.update(opts or {})
                context = MigrationContext.configure(connection, opts=options)
                script = autogenerate.produce_migrations(context, m2)
        finally:
            if max_identifier_length:
                dialect.max_identifier_length = length
                dialect._user_defined_max_identifier_length = None
        found = script.upgrade_ops
        assert found is not None
        return found if return_ops else list(found.as_diffs())


class AutogenTest(_ComparesFKs):
    """Compares a model with a database, both from methods of the class."""

    configure_opts: ClassVar[Mapping[str, Any]] = {}
    bind: ClassVar[Any]
    m1: ClassVar[MetaData]
    m2: ClassVar[MetaData]

    @classmethod
    def _get_bind(cls) -> Any:
        return config.db

    @classmethod
    def setup_class(cls) -> None:
        """Create the database's side."""
        schemas: Any = cls  # it is mixed into a class that has both
        cls.m1, cls.m2 = schemas._get_db_schema(), schemas._get_model_schema()
        cls.bind = cls._get_bind()
        cls.m1.create_all(cls.bind)

    @classmethod
    def teardown_class(cls) -> None:
        """Drop it."""
        cls.m1.drop_all(cls.bind)

    def setUp(self) -> None:
        """Connect."""
        self.conn = self.bind.connect()
        options = _comparing(self.m2, _default_include_object, None, self.configure_opts)
        self.context = MigrationContext.configure(self.conn, opts=options)
        self.autogen_context = autogenerate.api.AutogenContext(self.context, self.m2)

    def tearDown(self) -> None:
        """Disconnect."""
        self.conn.close()

    def _update_context(
        self,
        object_filters: Filter | None = None,
        name_filters: Filter | None = None,
        include_schemas: bool | None = None,
    ) -> Any:
        """A context with these filters, which the next comparison uses."""
        if include_schemas is not None:
            self.autogen_context.opts = {**self.autogen_context.opts, "include_schemas": include_schemas}
        if object_filters is not None:
            self.autogen_context._object_filters = (object_filters,)
        if name_filters is not None:
            self.autogen_context._name_filters = (name_filters,)
        return self.autogen_context

    def _flatten_diffs(self, diffs: Any) -> Any:
        for diff in diffs:
            if isinstance(diff, list):
                yield from self._flatten_diffs(diff)
            else:
                yield diff


class NamingConvModel:
    """The same table on both sides, with names by a convention."""

    naming_convention: ClassVar[dict[str, str]] = {
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(column_0_label)s",
    }
    configure_opts: ClassVar[dict[str, Any]] = {"compare_type": True, "compare_server_default": True}

    @classmethod
    def _get_db_schema(cls) -> MetaData:
        return cls._table(MetaData())

    @classmethod
    def _get_model_schema(cls) -> MetaData:
        return cls._table(MetaData(naming_convention=cls.naming_convention))

    @staticmethod
    def _table(metadata: MetaData) -> MetaData:
        Table(
            "x1",
            metadata,
            Column("q", Integer, primary_key=True),
            Column("w", String(20)),
            Index("ix_x1_w", "w"),
            UniqueConstraint("q", "w", name="uq_x1_q"),
        )
        return metadata


class ModelOne:
    """A library: what is in the database, and what the models say.

    In the models a table is missing (``shelf``) and another is new (``member``); of ``book`` one column is
    wider, one is gone, one is new; ``loan`` is the same but for a default, and for whom it refers to.
    """

    schema: ClassVar[str | None] = None

    @classmethod
    def _get_db_schema(cls) -> MetaData:
        library = MetaData(schema=cls.schema)
        Table("shelf", library, Column("number", Integer, primary_key=True), Column("room", CHAR(1)))
        isbn, pages = Column("isbn", String(13), primary_key=True), Column("pages", Integer)
        title = Column("title", String(40))
        Table("book", library, isbn, title, pages, Index("ix_book_title", "title"))
        fee = Column("fee", Numeric(6, 2), server_default=text("0"), nullable=False)
        Table("loan", library, Column("id", Integer, primary_key=True), Column("isbn", String(13)), fee)
        return library

    @classmethod
    def _get_model_schema(cls) -> MetaData:
        library = MetaData(schema=cls.schema)
        Table("member", library, Column("id", Integer, primary_key=True), Column("name", Text))
        isbn, year = Column("isbn", String(13), primary_key=True), Column("year", Integer)
        title = Column("title", String(80), nullable=False)
        Table("book", library, isbn, title, year, UniqueConstraint("title", name="uq_book_title"))
        fee = Column("fee", Numeric(6, 2), server_default=text("1"), nullable=False)
        book = "book.isbn" if cls.schema is None else f"{cls.schema}.book.isbn"
        borrowed = Column("isbn", String(13), ForeignKey(book, name="fk_loan_book"))
        Table("loan", library, Column("id", Integer, primary_key=True), borrowed, fee)
        return library
