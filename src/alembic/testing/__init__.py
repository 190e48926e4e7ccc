"""For tests of migrations, and of dialects.

- :mod:`alembic.testing.crash`: kill a migration at every point and see whether the next one completes it;
- :mod:`alembic.testing.pytest_plugin`: the same as a pytest fixture;
- :mod:`alembic.testing.dump`: a whole database as a value, to compare with another;
- what dialects build their tests with, on top of ``sqlalchemy.testing``: the names below,
  :mod:`~alembic.testing.fixtures`, :mod:`~alembic.testing.env`, :mod:`~alembic.testing.requirements`,
  :mod:`~alembic.testing.suite`.

The names below are imported when they are first asked for: ``sqlalchemy.testing`` is large.
"""

from __future__ import annotations

from importlib import import_module

_SQLALCHEMY = "sqlalchemy.testing"
_FROM = {
    "mock": "unittest",
    "config": _SQLALCHEMY,
    "engines": _SQLALCHEMY,
    "exclusions": _SQLALCHEMY,
    "provide_metadata": _SQLALCHEMY,
    "skip_if": _SQLALCHEMY,
    "uses_deprecated": _SQLALCHEMY,
    "combinations": _SQLALCHEMY,
    "fixture": _SQLALCHEMY,
    "Variation": _SQLALCHEMY,
    "variation": _SQLALCHEMY,
    "TestBase": "alembic.testing.fixtures",
    "resolve_lambda": "alembic.testing.util",
    "assert_raises": "alembic.testing.assertions",
    "assert_raises_message": "alembic.testing.assertions",
    "emits_python_deprecation_warning": "alembic.testing.assertions",
    "emits_warning": "alembic.testing.assertions",
    "eq_": "alembic.testing.assertions",
    "eq_ignore_whitespace": "alembic.testing.assertions",
    "expect_deprecated": "alembic.testing.assertions",
    "expect_raises": "alembic.testing.assertions",
    "expect_raises_message": "alembic.testing.assertions",
    "expect_sqlalchemy_deprecated": "alembic.testing.assertions",
    "expect_warnings": "alembic.testing.assertions",
    "is_": "alembic.testing.assertions",
    "is_false": "alembic.testing.assertions",
    "is_not_": "alembic.testing.assertions",
    "is_true": "alembic.testing.assertions",
    "ne_": "alembic.testing.assertions",
}
_SUBMODULES = ("assertions", "env", "fixtures", "requirements", "schemacompare", "util", "warnings")

__all__ = sorted([*_FROM, "assertions", "env", "fixtures", "util"])  # noqa: PLE0605  # a list, sorted


def __getattr__(name: str) -> object:
    if name in _FROM:
        module = import_module(_FROM[name])
        found: object = getattr(module, name, None)
        if found is None:
            found = import_module(f"{_FROM[name]}.{name}")
        globals()[name] = found
        return found
    if name in _SUBMODULES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_SUBMODULES})
