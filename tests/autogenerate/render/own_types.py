"""Types as applications write them, in a module that can be imported."""

from __future__ import annotations

import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


class Colour(enum.Enum):
    RED = 1


def checked(value: object) -> object:
    return value


class Decorated(sa.types.TypeDecorator[Any]):
    impl = sa.String
    cache_ok = True


class Money(sa.types.TypeDecorator[Any]):
    """Arguments of its own, the others handed on."""

    impl = sa.Numeric
    cache_ok = True

    def __init__(self, currency: str, *args: Any, strict: bool = False, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.currency = currency
        self._strict = strict


class Forgetful(sa.types.TypeDecorator[Any]):
    """Keeps nothing of what it was made with."""

    impl = sa.String
    cache_ok = True

    def __init__(self, secret: str) -> None:
        super().__init__(len(secret))


class ByDialect(Forgetful):
    def load_dialect_impl(self, dialect: Any) -> Any:
        return postgresql.UUID() if dialect.name == "postgresql" else sa.CHAR(36)


class Wrapping(sa.types.TypeDecorator[Any]):
    """Arguments that are types, classes, functions, values."""

    impl = sa.JSON
    cache_ok = True

    def __init__(self, inner: Any, of: Any = None, check: Any = None, items: tuple[Any, ...] = ()) -> None:
        super().__init__()
        self.inner, self.of, self.check, self.items = inner, of, check, items


class Private(sa.types.TypeDecorator[Any]):
    impl = sa.Integer
    cache_ok = True

    def __init__(self, key: str, *, width: int) -> None:
        super().__init__()
        self.__key = key
        self.width_ = width

    def key(self) -> str:
        return self.__key


class Spelled(sa.types.TypeDecorator[Any]):
    """A repr of its own is taken at its word."""

    impl = sa.Integer
    cache_ok = True

    def __init__(self, anything: object) -> None:
        super().__init__()
        self.anything = anything

    def __repr__(self) -> str:
        return "Spelled('out')"


class Outer:
    class Inner(sa.types.UserDefinedType[Any]):
        cache_ok = True

        def __init__(self, size: int = 1) -> None:
            self.size = size

        def get_col_spec(self) -> str:
            return "INNER"


class Jsonish(postgresql.JSONB[Any]):
    """A type of a database, derived from."""


def local() -> Any:
    class Hidden(sa.types.UserDefinedType[Any]):
        cache_ok = True

        def get_col_spec(self) -> str:
            return "HIDDEN"

    return Hidden()


class Unspeakable(sa.types.UserDefinedType[Any]):
    """Its repr shows a class, which is no Python."""

    cache_ok = True

    def __init__(self, of: Any, size: int = 1) -> None:
        self.of, self.size = of, size

    def get_col_spec(self) -> str:
        return "UNSPEAKABLE"
