"""Assertions for tests of dialects: those of ``sqlalchemy.testing``, and a few beside them."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import exc as sa_exc
from sqlalchemy import make_url
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.testing import assertions

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

__all__ = [
    "assert_raises",
    "assert_raises_context_ok",
    "assert_raises_message",
    "assert_raises_message_context_ok",
    "emits_python_deprecation_warning",
    "emits_warning",
    "eq_",
    "eq_ignore_whitespace",
    "expect_deprecated",
    "expect_raises",
    "expect_raises_message",
    "expect_sqlalchemy_deprecated",
    "expect_warnings",
    "is_",
    "is_false",
    "is_not_",
    "is_true",
    "ne_",
]

_sqlalchemy: Any = assertions  # it has no type hints
assert_raises = _sqlalchemy.assert_raises
assert_raises_context_ok = _sqlalchemy.assert_raises_context_ok
assert_raises_message = _sqlalchemy.assert_raises_message
assert_raises_message_context_ok = _sqlalchemy.assert_raises_message_context_ok
emits_warning = _sqlalchemy.emits_warning
eq_ = _sqlalchemy.eq_
expect_raises = _sqlalchemy.expect_raises
expect_raises_message = _sqlalchemy.expect_raises_message
expect_warnings = _sqlalchemy.expect_warnings
is_ = _sqlalchemy.is_
is_false = _sqlalchemy.is_false
is_not_ = _sqlalchemy.is_not_
is_true = _sqlalchemy.is_true
ne_ = _sqlalchemy.ne_

F = TypeVar("F", bound=Callable[..., Any])

_dialect_mods: dict[str, type[Dialect]] = {}
"""Dialects that a test suite puts in the place of those that SQLAlchemy finds, by name."""


def eq_ignore_whitespace(a: str, b: str, msg: str | None = None) -> None:
    """Two texts are the same but for line ends, tabs and repeated spaces."""
    one, other = _plain(a), _plain(b)
    assert one == other, msg or f"{one!r} != {other!r}"


def _plain(text: str) -> str:
    return re.sub(r" {2,}", " ", re.sub(r"^\s+|[\n\t]", "", text))


def _get_dialect(name: str | None) -> Dialect:
    """A new dialect: by its name, or the one without any particulars for None and ``"default"``."""
    if name is None or name == "default":
        return DefaultDialect()
    made = _dialect_mods[name]() if name in _dialect_mods else make_url(f"{name}://").get_dialect()()
    if name == "mssql":
        made.legacy_schema_aliasing = False  # type: ignore[attr-defined]
    return made


def expect_deprecated(*messages: str, **kw: Any) -> AbstractContextManager[Any]:
    """The block gives these DeprecationWarnings (regular expressions)."""
    return _expected(DeprecationWarning, messages, kw)


def expect_sqlalchemy_deprecated(*messages: str, **kw: Any) -> AbstractContextManager[Any]:
    """The block gives these deprecation warnings of SQLAlchemy."""
    return _expected(sa_exc.SADeprecationWarning, messages, kw)


def _expected(
    kind: type[Warning], messages: tuple[str, ...], options: dict[str, Any]
) -> AbstractContextManager[Any]:
    found: AbstractContextManager[Any] = _sqlalchemy._expect_warnings(kind, messages, **options)
    return found


def emits_python_deprecation_warning(*messages: str) -> Callable[[F], F]:
    """The decorated test may give these DeprecationWarnings; none of them need come."""

    def decorate(test: F) -> F:
        @wraps(test)
        def allowed(*args: Any, **kw: Any) -> Any:
            with expect_deprecated(*messages, assert_=False):
                return test(*args, **kw)

        return allowed  # type: ignore[return-value]  # wraps keeps what pytest looks at

    return decorate
