"""What create_all makes of models is no difference to them, on any database."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql

from tests.autogenerate.core.comparing import differences


class Colour(enum.Enum):
    RED = "r"
    GREEN = "g"


class Doubled(sa.types.TypeDecorator[str]):
    """A string of twice the length that the models say."""

    impl = sa.String
    cache_ok = True

    def __init__(self, half: int) -> None:
        self.half = half
        super().__init__(half)

    def load_dialect_impl(self, dialect: Any) -> Any:
        return dialect.type_descriptor(sa.String(self.half * 2))


class Guid(sa.types.TypeDecorator[str]):
    """Another type on each database."""

    impl = sa.CHAR
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        native = dialect.name == "postgresql"
        return dialect.type_descriptor(postgresql.UUID() if native else sa.CHAR(36))


def _columns(*pairs: tuple[Any, Any]) -> list[sa.Column[Any]]:
    """Columns c0, c1 … of these types and server defaults."""
    return [sa.Column(f"c{n}", type_, server_default=default) for n, (type_, default) in enumerate(pairs)]


def _key(type_: Any, *args: Any, **kw: Any) -> Callable[[], list[Any]]:
    return lambda: [sa.Column("id", type_, *args, primary_key=True, **kw)]


def _computed(text: str) -> sa.Computed:
    return sa.Computed(text, persisted=True)


CASES: dict[str, Callable[[], list[Any]]] = {
    "big key": _key(sa.BigInteger),
    "small key": _key(sa.SmallInteger),
    "key that doesn't count": _key(sa.Integer, autoincrement=False),
    "text key": _key(sa.String(36)),
    "uuid key": _key(sa.Uuid),
    "time key": _key(sa.DateTime),
    "key with a sequence": lambda: [
        sa.Column("id", sa.Integer, sa.Sequence("sq", start=5), primary_key=True)
    ],
    "identity key": lambda: [sa.Column("id", sa.Integer, sa.Identity(start=3), primary_key=True)],
    "key that refers": lambda: [sa.Column("id", sa.ForeignKey("p.id"), primary_key=True)],
    "key of two": lambda: [sa.Column(name, sa.Integer, primary_key=True) for name in "ba"],
    "no key": lambda: [sa.Column("x", sa.Integer)],
    "booleans": lambda: [
        *_columns((sa.Boolean, "0"), (sa.Boolean, sa.text("true")), (sa.Boolean, sa.false())),
        sa.Column("d", sa.Boolean(create_constraint=True), nullable=False),
        sa.Column("e", sa.Boolean(create_constraint=True, name="ck_e"), server_default=sa.true()),
    ],
    "enumerations": lambda: [
        sa.Column("a", sa.Enum(Colour)),
        sa.Column("b", sa.Enum(Colour, values_callable=lambda all_: [e.value for e in all_], name="vals")),
        sa.Column("c", sa.Enum("q", "r", native_enum=False)),
        sa.Column("d", sa.Enum("q", "r", native_enum=False, create_constraint=True, name="ck_d", length=30)),
        sa.Column("e", sa.Enum("it's", "b%", "c:d", "ü", name="odd"), server_default="it's"),
    ],
    "texts": lambda: _columns(
        (sa.String(10), ""),
        (sa.String(50), 'it\'s 100% :x \\ "q"'),
        (sa.Unicode(10), "ü€"),
        (sa.String(20), sa.text("'abc'")),
        (sa.String(20), "now()"),
        (sa.String(20), "NULL"),
        (sa.CHAR(5), "ab"),
        (sa.String(20), "5"),
        (sa.String(9), " a "),
    ),
    "numbers": lambda: _columns(
        (sa.Integer, "5"),
        (sa.Integer, sa.text("-5")),
        (sa.Integer, sa.text("(1+1)")),
        (sa.SmallInteger, sa.text("0")),
        (sa.BigInteger, "9999999999"),
        (sa.Numeric(10, 2), "0"),
        (sa.Numeric(10, 2), sa.text("1.50")),
        (sa.Numeric(5), "7"),
        (sa.DECIMAL(8, 3), "-1.5"),
        (sa.Float, "1.0"),
        (sa.Double, sa.text("2.5")),
        (sa.REAL, "0"),
    ),
    "times": lambda: _columns(
        (sa.DateTime, sa.func.now()),
        (sa.DateTime, sa.text("CURRENT_TIMESTAMP")),
        (sa.DateTime(timezone=True), sa.func.current_timestamp()),
        (sa.DateTime, "2020-01-01 10:00:00"),
        (sa.Date, "2020-01-01"),
        (sa.Date, sa.text("(CURRENT_DATE)")),
        (sa.Time, "10:00:00"),
        (sa.TIMESTAMP, sa.func.now()),
    ),
    "decorated types": lambda: [
        sa.Column("a", Doubled(5)),
        sa.Column("b", Guid()),
        sa.Column(
            "c",
            sa.String(5)
            .with_variant(sa.Text(), "postgresql")
            .with_variant(mysql.VARCHAR(9), "mysql", "mariadb"),
        ),
        sa.Column("d", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
        sa.Column("e", sa.BigInteger().with_variant(sa.Integer, "sqlite")),
        sa.Column("f", sa.ARRAY(sa.Integer).with_variant(sa.JSON(), "sqlite", "mysql", "mariadb")),
        sa.Column("g", sa.LargeBinary(16)),
    ],
    "names": lambda: [
        sa.Column("Mixed Case", sa.Integer, index=True),
        sa.Column("select", sa.Integer, unique=True),
        sa.Column("per%cent", sa.Integer),
        sa.Column('q"uote', sa.String(5), server_default="a"),
        sa.Column("ünï", sa.Integer),
    ],
    "computed": lambda: [
        sa.Column("a", sa.Integer),
        sa.Column("b", sa.String(10)),
        sa.Column("c", sa.Integer, _computed("a * 2 + 1")),
        sa.Column("d", sa.String(30), _computed("upper(b)")),
        sa.Column("e", sa.Integer, _computed("CASE WHEN a > 0 THEN 1 ELSE 0 END")),
        sa.Column("f", sa.Integer, _computed("coalesce(a,0)")),
    ],
    "unique": lambda: [
        sa.Column("a", sa.Integer, unique=True, index=True),
        sa.Column("b", sa.Integer),
        sa.Column("c", sa.Integer),
        sa.UniqueConstraint("b", "c"),
        sa.UniqueConstraint("c", "b", name="cb"),
        sa.Index(None, "b"),
        sa.Index("u1", "b", unique=True),
        sa.Index("d1", sa.text("c DESC")),
    ],
    "foreign keys": lambda: [
        sa.Column("a", sa.ForeignKey("p.id", ondelete="SET NULL", onupdate="CASCADE"), index=True),
        sa.Column("b", sa.ForeignKey("p.id", ondelete="RESTRICT", name="fk_b")),
        sa.Column("c", sa.ForeignKey("p.id", ondelete="no action", use_alter=True, name="fk_c")),
        sa.Column("d", sa.Integer),
        sa.ForeignKeyConstraint(["d"], ["p.id"], name="fk_d"),
    ],
    "comments": lambda: [
        sa.Column("a", sa.Integer, comment='it\'s "100%" :x \\ ok'),
        sa.Column("b", sa.String(5), comment="two\nlines", server_default="q"),
        sa.Column("c", sa.Integer, comment="ü", nullable=False),
    ],
    "checks": lambda: [
        sa.Column("a", sa.Integer),
        sa.Column("b", sa.String(10)),
        sa.Column("z", sa.Integer, sa.CheckConstraint("z <> 5")),
        sa.CheckConstraint("a > 0 AND b <> ''"),
        sa.CheckConstraint("a in (1,2,3)", name="ck1"),
        sa.CheckConstraint("length(b)>2 or b is null", name="ck2"),
        sa.CheckConstraint("a BETWEEN 1 AND 10", name="ck3"),
        sa.CheckConstraint("b like 'a%'", name="ck4"),
        sa.CheckConstraint("NOT (a = 7)", name="ck5"),
        sa.CheckConstraint("a % 2 = 0", name="ck6"),
    ],
}


@pytest.mark.parametrize("case", CASES)
def test_unchanged(database_url: str, case: str) -> None:
    def models(metadata: sa.MetaData) -> None:
        sa.Table("p", metadata, sa.Column("id", sa.Integer, primary_key=True))
        sa.Table("t", metadata, *CASES[case](), comment="a table's 100%")

    assert differences(database_url, models, models) == []
