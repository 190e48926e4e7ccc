"""Values of bulk inserts on their way to SQLite."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects.sqlite import DATETIME

from ..row_values import Processor, bind_processor

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import Dialect
    from sqlalchemy.types import TypeEngine


def processor_of(type_: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    """As SQLAlchemy's, but for timestamps, whose formatting is half the cost of a bulk insert."""
    standard = bind_processor(type_, dialect)
    concrete: TypeEngine[Any] = type_.dialect_impl(dialect)
    if standard is None or type(concrete) is not DATETIME or concrete._storage_format != _STANDARD_FORMAT:
        return standard
    process, as_text = standard, datetime.isoformat

    def format_timestamp(value: Any) -> Any:
        if value is None:
            return None
        try:
            formatted = as_text(value, " ", "microseconds")
        except TypeError:
            return process(value)
        return formatted if len(formatted) == _WITHOUT_ZONE else process(value)

    return format_timestamp


_WITHOUT_ZONE = len("2026-01-02 03:04:05.000006")
_STANDARD_FORMAT = DATETIME()._storage_format  # type: ignore[no-untyped-call]  # SQLAlchemy's constructor is untyped
