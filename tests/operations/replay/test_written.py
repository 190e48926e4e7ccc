"""What a database does by itself is done in a replay too: cases that random operations have found, and names
that nobody has written.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from .bench import Bench

# By what they show; each step is some lines. All of it is run on every database that is named.
CASES: dict[str, tuple[str, list[list[str]]]] = {
    "columns of a primary key are NOT NULL but on SQLite, also when it has gone": (
        "sqlite postgresql mariadb",
        [
            ["op.create_table('t', sa.Column('a', sa.Integer), sa.Column('b', sa.String(9)))"],
            ["op.create_primary_key('pk', 't', ['a', 'b'])"],
            ["op.drop_constraint('pk', 't', type_='primary')"],
        ],
    ),
    "a new type without a collation leaves that of the column": (
        "sqlite mariadb",
        [
            ["op.create_table('t', sa.Column('a', sa.String(9, collation=C)))"],
            ["op.alter_column('t', 'a', type_=sa.String(20))"],
        ],
    ),
    "a collation that is said to have been there goes": (
        "sqlite postgresql mariadb",
        [
            ["op.create_table('t', sa.Column('a', sa.String(9, collation=C)))"],
            ["op.alter_column('t', 'a', type_=sa.Text(), existing_type=sa.String(9, collation=C))"],
        ],
    ),
    "a character set stays as a collation does": (
        "mariadb",
        [
            ["op.create_table('t', sa.Column('a', mysql.VARCHAR(9, charset='latin1')))"],
            ["op.alter_column('t', 'a', type_=sa.CHAR(9))"],
            ["op.alter_column('t', 'a', type_=sa.Integer())"],
        ],
    ),
    "the index that InnoDB made for a foreign key stays when the key goes": (
        "mariadb",
        [
            ["op.create_table('p', sa.Column('a', sa.Integer, primary_key=True))"],
            [
                "op.create_table('t', sa.Column('a', sa.Integer), sa.Column('b', sa.Integer),"
                " sa.ForeignKeyConstraint(['a'], ['p.a'], name='to_p'),"
                " sa.ForeignKeyConstraint(['a'], ['p.a'], name='to_p_too'),"
                " sa.ForeignKeyConstraint(['b'], ['p.a']))"
            ],
            ["op.drop_constraint('to_p', 't', type_='foreignkey')"],
            ["op.drop_constraint('t_ibfk_1', 't', type_='foreignkey')"],
            ["op.drop_constraint('to_p_too', 't', type_='foreignkey')"],
            ["op.drop_index('b', 't')"],
        ],
    ),
    "what a foreign key has left goes when another index covers it": (
        "mariadb",
        [
            ["op.create_table('p', sa.Column('a', sa.Integer, primary_key=True))"],
            [
                "op.create_table('t', sa.Column('a', sa.Integer), sa.Column('b', sa.Integer),"
                " sa.ForeignKeyConstraint(['a'], ['p.a'], name='to_p'))"
            ],
            ["op.drop_constraint('to_p', 't', type_='foreignkey')"],
            ["op.create_index('both', 't', ['a', 'b'])"],
        ],
    ),
    "a foreign key to a column of the table itself that goes stays on SQLite": (
        "sqlite",
        [
            [
                "op.create_table('t', sa.Column('a', sa.Integer), sa.Column('b', sa.Integer),"
                " sa.ForeignKeyConstraint(['b'], ['t.a']))"
            ],
            ["op.drop_column('t', 'a')"],
        ],
    ),
    "a comment goes when the table is made anew": (
        "postgresql mariadb",
        [
            ["op.create_table('t', sa.Column('a', sa.Integer), comment='of the table')"],
            ["with op.batch_alter_table('t', recreate='always') as batch:", "    batch.drop_table_comment()"],
        ],
    ),
    "a key without a name is named when it is made, also within a batch": (
        "postgresql mariadb",
        [
            [
                "op.create_table('t', sa.Column('a', sa.Integer),"
                " sa.Column('b', sa.Integer, primary_key=True))"
            ],
            [
                "with op.batch_alter_table('t') as batch:",
                "    batch.create_unique_constraint(None, ['a'])",
                "    batch.create_foreign_key(None, 't', ['a'], ['b'])",
                "    batch.alter_column('a', new_column_name='c', existing_type=sa.Integer())",
            ],
        ],
    ),
    "an index that InnoDB has named after a column keeps that name": (
        "mariadb",
        [
            ["op.create_table('p', sa.Column('a', sa.Integer, primary_key=True))"],
            ["op.create_table('t', sa.Column('a', sa.Integer, sa.ForeignKey('p.a')))"],
            ["op.alter_column('t', 'a', new_column_name='b')"],
            ["op.drop_constraint('t_ibfk_1', 't', type_='foreignkey')"],
        ],
    ),
    "a key without a name of a table that is made anew is named after the copy": (
        "postgresql mariadb",
        [
            [
                "op.create_table('t', sa.Column('a', sa.Integer),"
                " sa.Column('b', sa.Integer, primary_key=True))"
            ],
            [
                "with op.batch_alter_table('t', recreate='always') as batch:",
                "    batch.create_unique_constraint(None, ['a'])",
                "    batch.create_foreign_key(None, 't', ['a'], ['b'])",
                "    batch.create_check_constraint(None, 'a > 1')",
            ],
        ],
    ),
    "an index of several columns loses one in place, and goes with it when the table is made anew": (
        "mariadb",
        [
            [
                "op.create_table('t', *(sa.Column(c, sa.Integer) for c in 'abcd'),"
                " sa.Index('i', 'a', 'b'), sa.Index('j', 'c', 'd'))"
            ],
            ["op.create_index('k', 't', [sa.text('b'), 'a'])"],
            ["op.drop_column('t', 'a')"],
            ["with op.batch_alter_table('t', recreate='always') as batch:", "    batch.drop_column('c')"],
        ],
    ),
    "CHECKs in table_args stand for those without a name": (
        "sqlite",
        [
            [
                "op.create_table('t', sa.Column('a', sa.Integer, sa.CheckConstraint('a > 1')),"
                " sa.CheckConstraint('a < 9'), sa.CheckConstraint('a <> 5'),"
                " sa.CheckConstraint('a <> 6', name='six'))"
            ],
            [
                "checks = [sa.CheckConstraint('a <> 5'), sa.CheckConstraint('a <> 7', name='six')]",
                "with op.batch_alter_table('t', table_args=checks, recreate='always') as batch:",
                "    batch.alter_column('a', nullable=False)",
            ],
        ],
    ),
    "a part of an index that is written as text may be quoted": (
        "postgresql mariadb",
        [
            ["op.create_table('t', sa.Column('An a', sa.Integer))"],
            ["op.create_index('i', 't', [sa.text(Q + 'An a' + Q + ' DESC')])"],
        ],
    ),
}


@pytest.mark.parametrize(("kinds", "steps"), CASES.values(), ids=CASES)
def test_the_database_has_what_was_replayed(
    kinds: str, steps: list[list[str]], request: pytest.FixtureRequest
) -> None:
    for kind in kinds.split():
        bench = Bench(sa.create_engine(request.getfixturevalue(f"{kind}_url"), poolclass=sa.NullPool))
        collation = {"sqlite": "NOCASE", "postgresql": "C", "mariadb": "utf8mb4_bin"}[kind]
        for lines in steps:
            bench.run(*lines, C=collation, Q="`" if kind == "mariadb" else '"')
            assert bench.differences() == {}
        assert not bench.schema.unknown


LONG = "a_name_that_has_no_end_or_only_a_rather_late_one"

UNNAMED = [
    "op.create_table('p', sa.Column('a', sa.Integer, primary_key=True), sa.Column('b', sa.Integer))",
    "op.create_table('t', sa.Column('a', sa.Integer),"
    " sa.Column('b', sa.Integer, sa.CheckConstraint('b > 1')),"
    f" sa.Column('{LONG}', sa.Integer, unique=True), sa.UniqueConstraint('a'), sa.UniqueConstraint('a', 'b'),"
    " sa.CheckConstraint('a > 0'), sa.CheckConstraint('a < b'), sa.CheckConstraint('a < 9'),"
    " sa.ForeignKeyConstraint(['a'], ['p.a']), sa.ForeignKeyConstraint(['b'], ['p.a']))",
    "op.create_foreign_key(None, 't', 'p', ['a'], ['a'])",
    "op.rename_table('t', 'u')",
    "op.create_unique_constraint(None, 'u', ['b'])",
    "op.create_foreign_key(None, 'u', 'p', ['b'], ['a'])",
    f"op.create_check_constraint(None, 'u', '{LONG} > 1')",
    "op.create_table('t', sa.Column('a', sa.Integer, unique=True), sa.Column('b', sa.Integer))",
]
GIVEN = {
    "postgresql": {
        "unique": ["t_a_b_key", "t_a_key", f"t_{LONG}_key", "u_b_key"],
        "foreignkey": ["t_a_fkey", "t_a_fkey1", "t_b_fkey", "u_b_fkey"],
        "check": ["t_a_check", "t_a_check1", "t_b_check", "t_check", f"u_{LONG}_check"],
    },
    "mariadb": {
        "unique": ["a", "a_2", LONG, "b"],
        "foreignkey": ["u_ibfk_1", "u_ibfk_2", "u_ibfk_3", "u_ibfk_4"],
        "check": ["CONSTRAINT_1", "CONSTRAINT_2", "CONSTRAINT_3", "CONSTRAINT_4"],
    },
}


@pytest.fixture(params=["postgresql", "mariadb"])
def unnamed(request: pytest.FixtureRequest) -> Iterator[tuple[str, Bench]]:
    """A database whose constraints have the names that it has given."""
    engine = sa.create_engine(request.getfixturevalue(f"{request.param}_url"), poolclass=sa.NullPool)
    bench = Bench(engine)
    for line in UNNAMED:
        bench.run(line)
        assert bench.differences() == {}
    yield request.param, bench


def test_constraints_without_a_name_get_that_of_the_server(unnamed: tuple[str, Bench]) -> None:
    kind, bench = unnamed
    table = bench.schema.tables[None, "u"]
    found: dict[str, Any] = {
        "unique": table.uniques,
        "foreignkey": table.foreign_keys,
        "check": table.checks,
    }
    assert {each: sorted(str(one.name) for one in found[each]) for each in found} == {
        each: sorted(names) for each, names in GIVEN[kind].items()
    }
    of_the_other = {"postgresql": ["t_a_key1"], "mariadb": ["a"]}[kind]
    assert [each.name for each in bench.schema.tables[None, "t"].uniques] == of_the_other


def test_constraints_are_dropped_by_the_name_that_the_server_gave(unnamed: tuple[str, Bench]) -> None:
    kind, bench = unnamed
    for what in ("foreignkey", "check", "unique"):
        for name in GIVEN[kind][what]:
            bench.run(f"op.drop_constraint({name!r}, 'u', type_={what!r})")
            assert bench.differences() == {}
    table = bench.schema.tables[None, "u"]
    assert not bench.schema.unknown
    assert (table.uniques, table.foreign_keys, table.checks) == ((), (), ())


def test_a_naming_convention_goes_before_the_server(postgresql_url: str) -> None:
    metadata = sa.MetaData(naming_convention={"uq": "only_%(column_0_name)s"})
    bench = Bench(sa.create_engine(postgresql_url, poolclass=sa.NullPool), target_metadata=metadata)
    bench.run("op.create_table('t', sa.Column('a', sa.Integer, unique=True), sa.CheckConstraint('a > 0'))")
    table = bench.schema.tables[None, "t"]
    assert [each.name for each in table.uniques] == ["only_a"]
    assert [each.name for each in table.checks] == ["t_a_check"]
    assert bench.differences() == {}


@pytest.mark.parametrize("default", ["None", "sa.text('CURRENT_TIMESTAMP')"])
def test_what_keeps_a_part_of_its_default_is_unknown(mariadb_url: str, default: str) -> None:
    bench = Bench(sa.create_engine(mariadb_url, poolclass=sa.NullPool))
    stamp = "sa.text('CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP')"
    bench.run(f"op.create_table('t', sa.Column('a', sa.TIMESTAMP, nullable=False, server_default={stamp}))")
    bench.run(f"op.alter_column('t', 'a', server_default={default})")
    assert "ON UPDATE" in bench.schema.unknown[None, "t"]


def test_a_start_with_models_is_one_with_the_names_of_the_server(database_url: str) -> None:
    bench = Bench(sa.create_engine(database_url, poolclass=sa.NullPool))
    metadata = sa.MetaData()
    a = sa.Column("a", sa.Integer, unique=True)
    sa.Table("t", metadata, a, sa.Column("b", sa.Integer, sa.ForeignKey("t.a")), sa.CheckConstraint("a > 0"))
    bench.start(metadata)
    bench.run("op.rename_table('t', 'u')")
    assert bench.differences() == {}
