"""Which index or constraint of the database is which of the models."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from alembic.schema.shapes import ForeignKey, Index, Unique

Shape = TypeVar("Shape")


@dataclass(frozen=True, slots=True)
class Difference(Generic[Shape]):
    """What tells two sets of named things apart.

    :param changed: pairs of the same name (the database's, the model's) that differ otherwise.
    :param unnamed: what the model has in addition, without a name.
    """

    removed: tuple[Shape, ...] = ()
    changed: tuple[tuple[Shape, Shape], ...] = ()
    added: tuple[Shape, ...] = ()
    unnamed: tuple[Shape, ...] = ()


def by_name(
    database: Iterable[Shape], model: Iterable[Shape], content: Callable[[Shape], Hashable]
) -> Difference[Shape]:
    """Compare things that go by their name; one that the model leaves without a name goes by its content.

    :param content: what makes two of them the same, apart from the name.
    """
    present, wanted = list(database), list(model)
    by_their_name = {_name(shape): shape for shape in present if _name(shape) is not None}
    kept: set[int] = set()
    changed, added, unnamed = [], [], []
    for shape in (each for each in wanted if _name(each) is not None):
        same = by_their_name.get(_name(shape))
        if same is None:
            added.append(shape)
            continue
        kept.add(id(same))
        if content(same) != content(shape):
            changed.append((same, shape))
    for shape in (each for each in wanted if _name(each) is None):
        # Two of the same content say no more than one of them.
        fitting = [each for each in present if content(each) == content(shape)]
        fitting.sort(key=lambda each: id(each) in kept)
        if fitting:
            kept.add(id(fitting[0]))
        else:
            unnamed.append(shape)
    removed = [shape for shape in present if id(shape) not in kept]
    return Difference(
        tuple(sorted(removed, key=_sorted_by)),
        tuple(sorted(changed, key=lambda pair: _sorted_by(pair[1]))),
        tuple(sorted(added, key=_sorted_by)),
        tuple(unnamed),
    )


def by_content(
    database: Iterable[Shape], model: Iterable[Shape], content: Callable[[Shape], Hashable]
) -> Difference[Shape]:
    """Compare things whose name says nothing; the order is that of the sides."""
    present = {content(shape): shape for shape in database}
    wanted = {content(shape): shape for shape in model}
    return Difference(
        removed=tuple(shape for key, shape in present.items() if key not in wanted),
        added=tuple(shape for key, shape in wanted.items() if key not in present),
    )


def key_content(shape: Index | Unique) -> Hashable:
    """What makes an index or a unique constraint the same, whatever its name.

    The order of columns is of no consequence to a unique constraint.
    """
    if isinstance(shape, Unique):
        return Unique, tuple(sorted(shape.columns)), shape.options
    return Index, shape.elements, shape.unique, shape.options


def reference(key: ForeignKey) -> Hashable:
    """What makes a foreign key the same: which columns refer to which, and what then happens."""
    return key.target, tuple(sorted(zip(key.columns, key.target_columns, strict=True))), key.options


def _name(shape: Any) -> str | None:
    name: str | None = shape.name
    return name


def _sorted_by(shape: Any) -> str:
    return shape.name or ""
