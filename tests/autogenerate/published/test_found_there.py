"""What published models say, in the smallest words that show it: nothing differs after `create_all`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from tests.autogenerate.core.comparing import differences

Items = Callable[[], list[Any]]


def _id(**kw: Any) -> sa.Column[int]:
    return sa.Column("id", sa.Integer, **kw)


def _x(**kw: Any) -> sa.Column[int]:
    return sa.Column("x", sa.Integer, **kw)


TWICE: dict[str, Items] = {
    "a name and none": lambda: [_id(primary_key=True), _x(unique=True), sa.UniqueConstraint("x", name="u")],
    "two names": lambda: [
        *(_id(primary_key=True), _x()),
        *(sa.UniqueConstraint("x", name="u2"), sa.UniqueConstraint("x", name="u1")),
    ],
    "the primary key's column": lambda: [_id(primary_key=True, unique=True)],
    "the primary key under another name": lambda: [
        *(_id(), sa.PrimaryKeyConstraint("id", name="pk"), sa.UniqueConstraint("id", name="u")),
    ],
    "the primary key in another order": lambda: [
        *(_id(), _x(), sa.PrimaryKeyConstraint("id", "x"), sa.UniqueConstraint("x", "id", name="u")),
    ],
}


@pytest.mark.parametrize("items", TWICE.values(), ids=TWICE.keys())
def test_what_is_unique_twice(database_url: str, items: Items) -> None:
    """PostgreSQL and SQLite make one constraint of two in CREATE TABLE, MariaDB makes both."""

    def models(metadata: sa.MetaData) -> None:
        sa.Table("t", metadata, *items())

    assert differences(database_url, models, models) == []


def test_another_unique_constraint_is_still_added(postgresql_url: str) -> None:
    """Other columns, other order, other options: none of these is what is there already."""

    def before(metadata: sa.MetaData) -> None:
        sa.Table("t", metadata, _id(primary_key=True), _x(), sa.UniqueConstraint("x", name="u"))

    def after(metadata: sa.MetaData) -> None:
        before(metadata)
        table = metadata.tables["t"]
        table.append_constraint(sa.UniqueConstraint("x", "id", name="u2"))
        table.append_constraint(sa.UniqueConstraint("x", name="u3", deferrable=True))

    found = differences(postgresql_url, before, after)
    assert [(kind, constraint.name) for kind, constraint in found] == [
        ("add_constraint", "u2"),
        ("add_constraint", "u3"),
    ]


def test_length_of_what_is_no_text(mariadb_url: str) -> None:
    """A length that takes in all of a time is none; the server refuses any other."""

    def models(metadata: sa.MetaData) -> None:
        length = {"name": 8, "made": 5}
        sa.Table(
            "t",
            metadata,
            *(_id(primary_key=True), sa.Column("name", sa.String(50)), sa.Column("made", sa.DateTime)),
            sa.Index("ix", "name", "made", mysql_length=length, mariadb_length=length),
        )

    assert differences(mariadb_url, models, models) == []
