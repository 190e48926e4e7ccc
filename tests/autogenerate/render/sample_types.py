"""Types and defaults of every kind; part of what :mod:`samples` renders, with the genuine package as well."""

from __future__ import annotations

import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite


class Colour(enum.Enum):
    RED = "r"
    BLUE = "b"


class Plain(sa.types.UserDefinedType[Any]):
    cache_ok = True

    def __init__(self, size: int = 5) -> None:
        self.size = size

    def get_col_spec(self) -> str:
        return "PLAIN"


class Named(sa.types.TypeDecorator[Any]):
    impl = sa.String
    cache_ok = True

    def __init__(self, length: int | None = None, flavour: str = "x", *args: Any, **kw: Any) -> None:
        super().__init__(length)
        self.flavour = flavour


class Bare(sa.types.TypeDecorator[Any]):
    impl = sa.Numeric
    cache_ok = True


class SubInteger(sa.Integer):
    pass


class SubString(sa.String):
    def __init__(self, option: int, length: int | None = None) -> None:
        self.option = option
        super().__init__(length)


for _class in (Plain, Named, Bare, SubInteger, SubString):
    _class.__module__ = "my.models.types"  # which nobody can import


TYPES: list[Any] = [
    sa.Integer(), sa.String(), sa.String(50), sa.String(50, collation="C"), sa.Unicode(5), sa.Text(),
    sa.Numeric(10, 2), sa.Numeric(10, 2, asdecimal=False), sa.Float(), sa.Float(53), sa.Float(asdecimal=True),
    sa.Double(), sa.DateTime(timezone=True), sa.DateTime(), sa.Time(), sa.Interval(),
    sa.LargeBinary(), sa.LargeBinary(5), sa.Boolean(),
    sa.Boolean(create_constraint=True, name="x"), sa.Enum("a", "b"),
    sa.Enum("a", "it's", name="n", schema="s", native_enum=False, create_constraint=True, length=40),
    sa.Enum(Colour), sa.Enum(Colour, name="en", values_callable=lambda each: [one.value for one in each]),
    sa.PickleType(), sa.JSON(), sa.JSON(none_as_null=True), sa.Uuid(), sa.Uuid(as_uuid=False),
    sa.ARRAY(sa.Integer), sa.ARRAY(sa.String(5), dimensions=2), sa.VARCHAR(5), sa.CHAR(3),
    sa.TIMESTAMP(timezone=True), sa.UUID(), sa.BIGINT(), sa.DOUBLE_PRECISION(),
    sa.String(50)
    .with_variant(mysql.VARCHAR(60, charset="utf8"), "mysql")
    .with_variant(sa.Text(), "sqlite", "oracle"),
    sa.Integer().with_variant(Plain(), "postgresql"),
    sa.ARRAY(sa.Enum("a", name="x")),
    postgresql.UUID(), postgresql.UUID(as_uuid=False), postgresql.INET(), postgresql.TSVECTOR(),
    postgresql.ENUM("a", "b", name="e"), postgresql.ENUM("a", name="e", create_type=False, schema="q"),
    postgresql.TIMESTAMP(timezone=True, precision=3), postgresql.INTERVAL(fields="DAY", precision=3),
    postgresql.BIT(5, varying=True), postgresql.INT4RANGE(), postgresql.MONEY(), postgresql.BYTEA(),
    postgresql.DOUBLE_PRECISION(), postgresql.OID(), postgresql.CIDR(), postgresql.CITEXT(),
    mysql.INTEGER(unsigned=True), mysql.VARCHAR(50, charset="utf8", collation="x"), mysql.ENUM("a", "b"),
    mysql.SET("a", "b"), mysql.TINYINT(1), mysql.DATETIME(fsp=3), mysql.LONGTEXT(),
    mysql.DOUBLE(asdecimal=True), mysql.DECIMAL(5, 2, unsigned=True), mysql.YEAR(), mysql.BIT(3),
    mysql.JSON(),
    mssql.NVARCHAR(None), mssql.DATETIMEOFFSET(3), mssql.UNIQUEIDENTIFIER(), mssql.BIT(),
    mssql.VARBINARY("max"), mssql.MONEY(), mssql.XML(),
    oracle.NUMBER(5, 2), oracle.VARCHAR2(50), oracle.CLOB(), oracle.DATE(), oracle.INTERVAL(day_precision=2),
    oracle.RAW(5), sqlite.DATETIME(), sqlite.JSON(), sqlite.DATE(),
    Plain(), Plain(7), Named(), Named(5), Bare(), Bare(10, 2), SubInteger(), SubString(3),
    SubString(3, length=7), sa.ARRAY(Named(5)),
]  # fmt: skip

POSTGRESQL_TYPES: list[Any] = [
    postgresql.ARRAY(sa.Integer), postgresql.ARRAY(sa.String(5)), postgresql.ARRAY(postgresql.UUID()),
    postgresql.ARRAY(Plain()), postgresql.ARRAY(sa.Integer(), dimensions=2, as_tuple=True),
    postgresql.JSON(), postgresql.JSONB(), postgresql.JSONB(astext_type=sa.String(5)),
    postgresql.JSONB(none_as_null=True), postgresql.HSTORE(), postgresql.HSTORE(text_type=sa.String(5)),
    postgresql.DOMAIN("d", sa.Integer, check="value > 5"),
    postgresql.DOMAIN("d", Plain(), collation="C", not_null=True, default="5", constraint_name="x"),
    sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), sa.ARRAY(postgresql.JSONB()),
    postgresql.ARRAY(postgresql.ENUM("a", name="x")),
    postgresql.ARRAY(postgresql.JSONB()),
]  # fmt: skip

DEFAULTS: list[Any] = [
    sa.text("5"), sa.text("now()"), sa.text("'x'"), sa.func.now(), sa.text("(1+1)"), sa.true(), sa.null(),
    sa.literal(5), sa.literal("it's"), sa.cast(5, sa.Integer), sa.text("CURRENT_TIMESTAMP"), "5", "it's",
    'say "hi"', "", sa.FetchedValue(), sa.Computed("id + 1"), sa.Computed("id + 1", persisted=True),
    sa.Computed(sa.column("id") + 1, persisted=False), sa.Identity(), sa.Identity(always=True),
    sa.Identity(start=5, increment=2, minvalue=1, maxvalue=10, nominvalue=True, nomaxvalue=True, cycle=True,
                cache=4),
    sa.DefaultClause("x"), sa.DefaultClause(sa.text("x")), sa.text("'{\"a\": 1}'::jsonb"),
    sa.text("'a\\b'"), sa.text("12:30:00"),
]  # fmt: skip
