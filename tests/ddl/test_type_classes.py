"""A type class is as good as an instance, in whichever argument it comes."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import Float

from alembic.migration import MigrationContext
from alembic.operations import Operations


def script(dialect: str, **change: object) -> str:
    buffer = io.StringIO()
    opts = {"as_sql": True, "output_buffer": buffer}
    operations = Operations(MigrationContext.configure(dialect_name=dialect, opts=opts))
    operations.alter_column("t", "c", **change)  # type: ignore[arg-type]  # each case has other arguments
    return buffer.getvalue()


@pytest.mark.parametrize("dialect", ["postgresql", "mysql", "mariadb", "mssql", "oracle"])
def test_a_new_type_may_be_a_class(dialect: str) -> None:
    found = script(dialect, type_=Float, nullable=False)
    assert found == script(dialect, type_=Float(), nullable=False)
    assert "FLOAT" in found


@pytest.mark.parametrize("dialect", ["mysql", "mariadb", "mssql"])
def test_an_existing_type_may_be_a_class(dialect: str) -> None:
    found = script(dialect, existing_type=Float, nullable=False)
    assert found == script(dialect, existing_type=Float(), nullable=False)
    assert "FLOAT" in found
