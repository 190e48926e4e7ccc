"""What a shape is made of: a dataclass that nobody changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_: Any) -> Any:
        return lambda function: function


T = TypeVar("T")


@dataclass_transform(frozen_default=True, eq_default=True, field_specifiers=(field,))
def value(cls: type[T]) -> type[T]:
    """A dataclass with slots that type checkers know to be frozen.

    At run time nothing stops an assignment: the constructor of a frozen dataclass takes five times as long as
    that of another, and a comparison of 2,000 tables makes 50,000 shapes.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
