"""Types that no import of the file's head covers: the expression makes the same type, the imports suffice."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql

from alembic.autogenerate import render
from alembic.autogenerate.render import _render_type_w_subtype, _repr_type

from . import own_types, samples

HERE = own_types.__name__
IMPORT = f"import {HERE}"
POSTGRESQL = "from sqlalchemy.dialects import postgresql"


def rendered(type_: Any, dialect: str = "postgresql", **options: Any) -> tuple[str, list[str]]:
    context = samples.context(dialect, **options)
    return _repr_type(type_, context), sorted(context.imports)


def evaluated(text: str, imports: list[str]) -> Any:
    """The type, with nothing but what a revision file has."""
    namespace: dict[str, Any] = {}
    exec("\n".join(["import sqlalchemy as sa", *imports]), namespace)
    return eval(text, namespace)


OWN = [
    (own_types.Decorated(), "Decorated()"),
    (own_types.Decorated(50), "Decorated(length=50)"),
    (own_types.Money("eur"), "Money('eur')"),
    (own_types.Money("eur", 10, 2, strict=True), "Money('eur', strict=True, precision=10, scale=2)"),
    (own_types.Private("k", width=5), "Private('k', width=5)"),
    (own_types.Spelled(object()), "Spelled('out')"),
    (own_types.Outer.Inner(5), "Outer.Inner(size=5)"),
    (own_types.Wrapping("x", items=(1,)), "Wrapping('x', items=(1,))"),
]


@pytest.mark.parametrize(("type_", "text"), OWN)
def test_types_of_an_application(type_: Any, text: str) -> None:
    found, imports = rendered(type_)
    assert (found, imports) == (f"{HERE}.{text}", [IMPORT])
    again = evaluated(found, imports)
    assert type(again) is type(type_)
    assert rendered(again)[0] == found


def test_an_interval_tells_its_precision() -> None:
    """Which Alembic leaves out, and finds again as a difference."""
    text, imports = rendered(sa.Interval(native=False, second_precision=3))
    assert (text, imports) == ("sa.Interval(native=False, second_precision=3)", [])


def test_arguments_that_are_types_classes_functions() -> None:
    type_ = own_types.Wrapping(postgresql.ARRAY(sa.Integer), of=own_types.Colour, check=own_types.checked)
    text, imports = rendered(type_, "sqlite")
    assert text == (
        f"{HERE}.Wrapping(postgresql.ARRAY(sa.Integer()), of={HERE}.Colour, check={HERE}.checked)"
    )
    assert imports == [POSTGRESQL, IMPORT]
    again = evaluated(text, imports)
    assert again.of is own_types.Colour
    assert again.check is own_types.checked
    assert isinstance(again.inner.item_type, sa.Integer)


@pytest.mark.parametrize(
    ("type_", "dialect", "text", "imports"),
    [
        (own_types.Forgetful("four"), "postgresql", "sa.String(length=4)", []),
        (own_types.ByDialect("x"), "postgresql", "sa.UUID()", []),
        (own_types.ByDialect("x"), "sqlite", "sa.CHAR(length=36)", []),
        (own_types.Wrapping(object()), "mysql", "sa.JSON()", []),
    ],
)
def test_where_arguments_can_not_be_told_it_is_what_the_database_gets(
    type_: Any, dialect: str, text: str, imports: list[str]
) -> None:
    assert rendered(type_, dialect) == (text, imports)


def test_a_prefix_for_types_of_the_application_leaves_imports_to_it() -> None:
    text, imports = rendered(own_types.Money("eur"), user_module_prefix="types.")
    assert (text, imports) == ("types.Money('eur')", [])


def test_what_can_not_be_imported_is_not() -> None:
    text, imports = rendered(own_types.local())
    assert (text, imports) == (f"{HERE}.Hidden()", [])


@pytest.mark.parametrize("dialect", samples.DIALECTS)
@pytest.mark.parametrize(
    ("type_", "text", "imports"),
    [
        (postgresql.ARRAY(sa.String(5)), "postgresql.ARRAY(sa.String(length=5))", [POSTGRESQL]),
        (postgresql.ARRAY(postgresql.ENUM("Integer()", name="e")),
         "postgresql.ARRAY(postgresql.ENUM('Integer()', name='e'))", [POSTGRESQL]),
        (postgresql.ARRAY(own_types.Outer.Inner()), f"postgresql.ARRAY({HERE}.Outer.Inner())",
         [POSTGRESQL, IMPORT]),
        (postgresql.JSONB(), "postgresql.JSONB(astext_type=sa.Text())", [POSTGRESQL]),
        (postgresql.HSTORE(text_type=sa.String(5)), "postgresql.HSTORE(text_type=sa.String(length=5))",
         [POSTGRESQL]),
        (own_types.Jsonish(), f"{HERE}.Jsonish(astext_type=sa.Text())", [IMPORT]),
        (sa.ARRAY(mysql.VARCHAR(5)), "sa.ARRAY(mysql.VARCHAR(length=5))",
         ["from sqlalchemy.dialects import mysql"]),
        (sa.Text().with_variant(postgresql.ARRAY(sa.Integer()), "postgresql"),
         "sa.Text().with_variant(postgresql.ARRAY(sa.Integer()), 'postgresql')", [POSTGRESQL]),
        (sa.types.MatchType(), "sa.types.MatchType()", []),
    ],
)  # fmt: skip
def test_types_within_types_whatever_the_database(
    type_: Any, text: str, imports: list[str], dialect: str
) -> None:
    assert rendered(type_, dialect) == (text, imports)
    assert rendered(evaluated(text, imports), dialect)[0] == text


def test_a_type_that_nobody_knows() -> None:
    assert rendered(sa.types.NullType()) == ("sa.types.NullType()", [])


def test_domains_keep_what_they_are() -> None:
    domain = postgresql.DOMAIN(
        "d", own_types.Outer.Inner(), collation="C", default=sa.text("now()"), constraint_name="x",
        not_null=True, check="value ~ ':a'", create_type=False, schema="s",
    )  # fmt: skip
    text, imports = rendered(domain)
    assert text == (
        f"postgresql.DOMAIN('d', {HERE}.Outer.Inner(), collation='C', default=sa.text('now()'), "
        "constraint_name='x', not_null=True, check=\"value ~ '\\\\:a'\", schema='s', create_type=False)"
    )
    assert rendered(evaluated(text, imports))[0] == text


def test_a_class_serves_as_its_instance() -> None:
    assert rendered(sa.Integer) == ("sa.Integer()", [])


def test_the_users_function_comes_first_and_sees_types_within() -> None:
    seen: list[str] = []

    def item(kind: str, obj: Any, context: Any) -> Any:
        seen.append(f"{kind} {type(obj).__name__}")
        return "mine.Number()" if isinstance(obj, sa.Integer) else False

    assert rendered(postgresql.ARRAY(sa.Integer), render_item=item)[0] == "postgresql.ARRAY(mine.Number())"
    assert seen == ["type ARRAY", "type Integer"]


def test_a_dialect_may_render_its_types() -> None:
    context = samples.context("sqlite")
    impl = context.migration_context.impl
    impl.render_type = lambda type_, _: "special()" if isinstance(type_, sa.Text) else False  # type: ignore[method-assign]
    try:
        assert _repr_type(sa.Text(), context) == "special()"
        assert _repr_type(sa.Integer(), context) == "sa.Integer()"
    finally:
        del impl.render_type


def test_the_function_that_dialects_of_third_parties_use() -> None:
    context = samples.context("postgresql")
    array = postgresql.ARRAY(own_types.Money("eur"))
    text = _render_type_w_subtype(array, context, "item_type", r"(.+?\()")
    assert text == f"postgresql.ARRAY({HERE}.Money('eur'))"
    assert _render_type_w_subtype(array, context, "item_type", r"(.+?\()", prefix="my.") == (
        f"my.ARRAY({HERE}.Money('eur'))"
    )
    assert _render_type_w_subtype(sa.Integer(), context, "item_type", r"(.+?\()") is False
    assert render._render_ARRAY_type(sa.ARRAY(sa.Integer()), context) == "sa.ARRAY(sa.Integer())"


def test_a_class_that_says_it_is_of_a_database_is_taken_for_it() -> None:
    class ENUM(postgresql.ENUM):
        pass

    ENUM.__module__ = "sqlalchemy.dialects.postgresql"
    assert rendered(ENUM("a", name="e")) == ("postgresql.ENUM('a', name='e')", [POSTGRESQL])


def test_a_repr_that_is_no_python_is_written_anew() -> None:
    type_ = own_types.Unspeakable(own_types.Colour, 5)
    assert rendered(type_) == (f"{HERE}.Unspeakable({HERE}.Colour, size=5)", [IMPORT])
