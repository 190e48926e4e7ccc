"""The Inspector and the tables that hooks get: SQLAlchemy's answers, without asking the database again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.sql.elements import conv

from alembic.autogenerate.api import AutogenContext
from alembic.runtime.migration import MigrationContext
from alembic.util import sqla_compat
from tests.autogenerate.core.comparing import both, column, connected, made, statements, table

MODELS = both(
    table(column("name", sa.String(9), nullable=False, comment="its name"), name="parent", comment="all"),
    table(
        column("parent_id", lambda: sa.ForeignKey("parent.id", name="fk_parent", ondelete="CASCADE")),
        column("n", sa.Integer, server_default="5", index=True),
        column("u", sa.Integer),
        lambda: sa.UniqueConstraint("u", name="uq_u"),
        lambda: sa.CheckConstraint("n > 0", name="ck_n"),
    ),
)
QUESTIONS = [
    "get_columns",
    "get_pk_constraint",
    "get_foreign_keys",
    "get_indexes",
    "get_unique_constraints",
    "get_check_constraints",
    "get_table_comment",
]


@pytest.fixture
def context(database_url: str) -> Iterator[AutogenContext]:
    with connected(database_url, MODELS) as connection:
        yield AutogenContext(MigrationContext.configure(connection), metadata=made(MODELS))


def _plain(answer: Any) -> Any:
    """An answer without what readers add to SQLAlchemy's, and with types by their names."""
    if isinstance(answer, list):
        return sorted((_plain(each) for each in answer), key=lambda each: str(each["name"]))
    kept = {key: value for key, value in answer.items() if key in KEPT}
    if "type" in kept:
        kept["type"] = str(kept["type"])
    if "unique" in kept and not sqla_compat.sqla_2_1:
        kept.pop("type", None)  # of an index; SQLAlchemy 2.0 says "UNIQUE" a second time
    if "sqltext" in kept:
        kept["sqltext"] = kept["sqltext"].replace("(", "").replace(")", "").replace("`", "")
    return {key: value for key, value in kept.items() if value not in (None, {}, [], False)}


KEPT = {
    "column_names",
    "comment",
    "constrained_columns",
    "name",
    "nullable",
    "options",
    "referred_columns",
    "referred_schema",
    "referred_table",
    "sqltext",
    "text",
    "type",
    "unique",
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_are_those_of_the_database(context: AutogenContext, question: str) -> None:
    assert context.connection is not None
    real = sa.inspect(context.connection)
    if question == "get_table_comment" and not context.connection.dialect.supports_comments:
        pytest.skip("the database has no comments")
    expected = {name: _plain(getattr(real, question)(name)) for name in ("parent", "t")}
    served = context.inspector
    with statements(context.connection) as sent:
        answers = {name: _plain(getattr(served, question)(name)) for name in ("parent", "t")}
        several = getattr(served, question.replace("get_", "get_multi_"))(filter_names=["t"])
    assert answers == expected
    assert {key: _plain(answer) for key, answer in several.items()} == {(None, "t"): expected["t"]}
    assert sent == []


def test_an_unread_table_is_asked_about(context: AutogenContext) -> None:
    assert context.connection is not None
    served = context.inspector
    context.connection.exec_driver_sql("CREATE TABLE later (id INTEGER)")
    assert [each["name"] for each in served.get_columns("later")] == ["id"]
    assert served.has_table("later") and not served.has_table("never")


def test_answers_may_be_changed(context: AutogenContext) -> None:
    served = context.inspector
    served.get_columns("t")[0]["name"] = "changed"
    served.get_columns("t").clear()
    assert [each["name"] for each in served.get_columns("t")] == ["id", "parent_id", "n", "u"]


def test_it_is_the_dialects_inspector(context: AutogenContext) -> None:
    assert context.connection is not None
    assert isinstance(context.inspector, type(sa.inspect(context.connection)))


def test_reflected_tables(context: AutogenContext) -> None:
    pair = context.pair(None, "t")
    assert context.connection is not None
    with statements(context.connection) as sent:
        reflected = pair.conn_table
    assert sent == []
    assert reflected is not None and reflected is pair.conn_table
    assert reflected.columns.keys() == ["id", "parent_id", "n", "u"]
    assert [each.name for each in reflected.primary_key.columns] == ["id"]
    (key,) = reflected.foreign_key_constraints
    assert (key.name, key.ondelete) == ("fk_parent", "CASCADE")
    assert key.referred_table.columns.keys() == ["id", "name"], "what it refers to is there, too"
    assert "ix_t_n" in {index.name for index in reflected.indexes}
    assert pair.metadata_table is not None and pair.metadata_table is not reflected


def test_reflected_names_are_final(context: AutogenContext) -> None:
    """No naming convention is applied to a name that the database has."""
    reflected = context.pair(None, "t").conn_table
    assert reflected is not None
    named = [each.name for each in (*reflected.constraints, *reflected.indexes) if each.name is not None]
    assert named
    assert all(isinstance(name, conv) for name in named)


def test_long_chains_of_foreign_keys(sqlite_url: str) -> None:
    """One table is reflected with its neighbours, not with the whole chain."""

    def chain(metadata: sa.MetaData) -> None:
        for number in range(1200):
            target = sa.ForeignKey(f"t{number + 1}.id") if number < 1199 else None
            items = [target] if target is not None else []
            sa.Table(
                f"t{number}",
                metadata,
                sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("next", sa.Integer, *items),
            )

    with connected(sqlite_url, chain) as connection:
        context = AutogenContext(MigrationContext.configure(connection), metadata=sa.MetaData())
        reflected = context.pair(None, "t0").conn_table
        assert reflected is not None
        assert sorted(reflected.metadata.tables) == ["t0", "t1"]
