"""Which impl class serves which dialect, and when its module is loaded."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import default

from alembic.ddl import DefaultImpl
from alembic.ddl.impl import _impls
from alembic.ddl.postgresql import PostgresqlImpl


def run(program: str) -> list[str]:
    """The lines that a program prints in an interpreter of its own, where nothing is loaded yet."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


LOADED = (
    "print(*sorted(name for name in sys.modules if name.startswith('alembic.ddl.') and name.count('.') == 2 "
    "and hasattr(sys.modules[name], '__path__')))"
)


def test_a_dialect_is_loaded_when_it_is_asked_for() -> None:
    assert run(f"""
        import sys
        from sqlalchemy.dialects import sqlite
        from alembic.ddl.impl import DefaultImpl, _impls
        {LOADED}
        print("mysql" in _impls)
        {LOADED}
        print(DefaultImpl.get_by_dialect(sqlite.dialect()).__name__)
        {LOADED}
        print(_impls["mariadb"].__name__, _impls.get("nothing"))
        {LOADED}
    """) == [
        "",
        "True",
        "",
        "SQLiteImpl",
        "alembic.ddl.sqlite",
        "MariaDBImpl None",
        "alembic.ddl.mysql alembic.ddl.sqlite",
    ]


@pytest.mark.parametrize("name", ["mariadb", "mssql", "mysql", "oracle", "postgresql", "sqlite"])
def test_every_built_in_dialect(name: str) -> None:
    assert _impls[name].__dialect__ == name
    assert issubclass(_impls[name], DefaultImpl)


def test_a_class_of_the_application_stays() -> None:
    """However early it is defined, loading ours later doesn't replace it; a later one of its own does."""
    assert run("""
        from sqlalchemy.dialects import postgresql
        from alembic.ddl.impl import DefaultImpl, _impls

        class Early(DefaultImpl):
            __dialect__ = "postgresql"

        import alembic.ddl.postgresql
        print(DefaultImpl.get_by_dialect(postgresql.dialect()).__name__)

        class Later(alembic.ddl.postgresql.PostgresqlImpl):
            __dialect__ = "postgresql"

        class Nameless(alembic.ddl.postgresql.PostgresqlImpl):
            pass

        print(_impls["postgresql"].__name__)
    """) == ["Early", "Later"]


def test_a_class_put_into_the_dictionary_stays() -> None:
    assert run("""
        from alembic.ddl.impl import DefaultImpl, _impls
        _impls["mssql"] = Mine = type(DefaultImpl)("Mine", (DefaultImpl,), {})
        import alembic.ddl.mssql
        print(_impls["mssql"] is Mine)
    """) == ["True"]


class FireDialect(default.DefaultDialect):
    name = "firebird_like"


def test_an_unknown_dialect_gets_the_standard_answers() -> None:
    found = DefaultImpl.get_by_dialect(FireDialect())
    assert (found.__name__, found.__dialect__, found.__bases__) == (
        "FirebirdLikeImpl",
        "firebird_like",
        (DefaultImpl,),
    )
    assert DefaultImpl.get_by_dialect(FireDialect()) is found
    with pytest.raises(KeyError):
        _impls["nobody"]


def test_a_third_party_dialect() -> None:
    """As existing dialect packages do it: a subclass with a name, and standard rules under that name."""

    class ThirdPartyDialect(default.DefaultDialect):
        name = "third_party"

    class ThirdPartyImpl(PostgresqlImpl):
        __dialect__ = "third_party"
        transactional_ddl = False

    assert DefaultImpl.get_by_dialect(ThirdPartyDialect()) is ThirdPartyImpl
    assert _impls["postgresql"] is PostgresqlImpl


def test_public_class_attributes() -> None:
    assert (DefaultImpl.transactional_ddl, PostgresqlImpl.transactional_ddl) == (False, True)
    assert _impls["sqlite"].transactional_ddl is False
    assert _impls["sqlite"].features.atomic_step
    assert DefaultImpl.command_terminator == ";"
    assert DefaultImpl.type_synonyms == ({"NUMERIC", "DECIMAL"},)
    assert PostgresqlImpl.type_synonyms[1] == {"FLOAT", "DOUBLE PRECISION"}
    assert DefaultImpl.identity_attrs_ignore == ("order", "on_null")
    impl = DefaultImpl(sa.create_engine("sqlite://").dialect, None, True, True, None, {})
    assert (impl.transactional_ddl, impl.memo) == (True, {})


def test_version_table() -> None:
    impl = DefaultImpl(sa.create_engine("sqlite://").dialect, None, True, None, None, {})
    table = impl.version_table_impl(
        version_table="v", version_table_schema="s", version_table_pk=True, anything="else"
    )
    assert " ".join(str(sa.schema.CreateTable(table)).split()) == (
        "CREATE TABLE s.v ( version_num VARCHAR(32) NOT NULL, CONSTRAINT v_pkc PRIMARY KEY (version_num) )"
    )
    table = impl.version_table_impl(version_table="v", version_table_schema=None, version_table_pk=False)
    assert " ".join(str(sa.schema.CreateTable(table)).split()) == (
        "CREATE TABLE v ( version_num VARCHAR(32) NOT NULL )"
    )
