"""An enumeration type over several generated revisions: made once, there as long as it's used, gone after."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from tests.autogenerate.commands.conftest import Modelled
from tests.project import Project

MOODY = """
sa.Table({name!r}, metadata, sa.Column("id", sa.Integer, primary_key=True){more})
"""
MOOD = ', sa.Column("mood", sa.Enum({values}, name="mood"){more})'


@pytest.fixture
def modelled(project: Project, postgresql_url: str) -> Modelled:
    made = Modelled(project.configure(postgresql_url))
    made.models("")
    return made


def _table(name: str, *values: str, more: str = "") -> str:
    column = MOOD.format(values=", ".join(map(repr, values)), more=more) if values else ""
    return MOODY.format(name=name, more=column)


def _types(modelled: Modelled) -> list[str]:
    with create_engine(modelled.project.url, poolclass=NullPool).connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT t.typname || ':' || string_agg(enumlabel, ',' ORDER BY enumsortorder)"
            " FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY t.typname ORDER BY 1"
        )
        return [str(each) for each in rows.scalars()]


def _step(modelled: Modelled, revision: str, source: str) -> None:
    modelled.models(source)
    modelled.run("revision", "--autogenerate", "--rev-id", revision, "-m", revision).ok()


@pytest.mark.parametrize("first", ["", _table("t")])
def test_up_down_and_up_again(modelled: Modelled, first: str) -> None:
    """Traps 15 and 16: also where a column of an existing table is the first to use it."""
    if first:
        _step(modelled, "a0", first)
        modelled.run("upgrade", "head").ok()
    _step(modelled, "a1", _table("t", "x", "y"))
    for _ in range(2):
        modelled.run("upgrade", "head").ok()
        assert _types(modelled) == ["mood:x,y"]
        modelled.run("check").ok()
        modelled.run("downgrade", "base").ok()
        assert _types(modelled) == []


def test_a_shared_type_stays_while_it_is_used(modelled: Modelled) -> None:
    both = _table("t", "x", "y") + _table("u", "x", "y")
    _step(modelled, "a1", _table("t", "x", "y"))
    modelled.run("upgrade", "head").ok()
    _step(modelled, "a2", both)
    modelled.run("upgrade", "head").ok()
    modelled.run("check").ok()
    _step(modelled, "a3", _table("t", "x", "y") + _table("u"))
    modelled.run("upgrade", "head").ok()
    assert _types(modelled) == ["mood:x,y"]
    modelled.run("check").ok()
    for target, types in (("a2", 1), ("a1", 1), ("base", 0)):
        modelled.run("downgrade", target).ok()
        assert len(_types(modelled)) == types
    modelled.run("upgrade", "head").ok()
    modelled.run("check").ok()


def test_all_in_one_run(modelled: Modelled) -> None:
    """Trap 17: a value that one revision adds is used by the next, in one and the same run."""
    _step(modelled, "a1", _table("t", "x", "y"))
    modelled.run("upgrade", "head").ok()
    _step(modelled, "a2", _table("t", "x", "y", "z"))
    modelled.run("upgrade", "head").ok()
    _step(modelled, "a3", _table("t", "x", "y", "z", more=', server_default="z"'))
    modelled.run("upgrade", "head").ok()
    modelled.run("check").ok()
    modelled.run("downgrade", "base").ok()
    assert _types(modelled) == []
    modelled.run("upgrade", "head").ok()
    modelled.run("check").ok()
    assert _types(modelled) == ["mood:x,y,z"]


def test_a_type_that_loses_its_last_column_goes_with_it(modelled: Modelled) -> None:
    _step(modelled, "a1", _table("t", "x"))
    modelled.run("upgrade", "head").ok()
    _step(modelled, "a2", _table("t"))
    modelled.run("upgrade", "head").ok()
    assert _types(modelled) == []
    modelled.run("check").ok()
    modelled.run("downgrade", "a1").ok()
    assert _types(modelled) == ["mood:x"]
