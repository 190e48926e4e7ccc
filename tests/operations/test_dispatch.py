"""Functions are found by class, by inheritance, by string, and by qualifier first."""

from __future__ import annotations

import pytest

from alembic.operations.dispatch import Dispatcher


class Base:
    pass


class Middle(Base):
    pass


class Leaf(Middle):
    pass


def _dispatcher(*targets: object, **qualified: object) -> Dispatcher:
    dispatcher = Dispatcher()
    for target in targets:
        dispatcher.dispatch_for(target)(lambda target=target: target)
    for qualifier, target in qualified.items():
        dispatcher.dispatch_for(target, qualifier=qualifier)(lambda q=qualifier, t=target: (q, t))
    return dispatcher


def test_the_nearest_class_of_the_inheritance_wins() -> None:
    dispatcher = _dispatcher(Base, Middle)
    assert dispatcher.dispatch(Leaf())() is Middle
    assert dispatcher.dispatch(Leaf)() is Middle
    assert dispatcher.dispatch(Base())() is Base


def test_strings_are_targets_too() -> None:
    dispatcher = _dispatcher("table", special="table")
    assert dispatcher.dispatch("table")() == "table"
    assert dispatcher.dispatch("table", qualifier="special")() == ("special", "table")
    assert dispatcher.dispatch("table", qualifier="other")() == "table"


def test_each_class_is_tried_with_the_qualifier_then_without() -> None:
    dispatcher = _dispatcher(Middle, special=Base)
    assert dispatcher.dispatch(Leaf(), qualifier="special")() is Middle
    assert dispatcher.dispatch(Base(), qualifier="special")() == ("special", Base)


def test_nothing_registered() -> None:
    with pytest.raises(ValueError) as failure:
        _dispatcher().dispatch(int)
    assert str(failure.value) == "no dispatch function for object: <class 'int'>"
    with pytest.raises(ValueError, match="no dispatch function for object: x"):
        _dispatcher(special="x").dispatch("x")


def test_a_registration_is_replaced_only_on_purpose() -> None:
    dispatcher = _dispatcher(Base)
    with pytest.raises(ValueError) as failure:
        dispatcher.dispatch_for(Base)(lambda: None)
    assert str(failure.value) == (
        f"Can not set dispatch function for object {Base}: key already exists. "
        "To replace existing function, use replace=True."
    )
    dispatcher.dispatch_for(Base, replace=True)(lambda: "new")
    assert dispatcher.dispatch(Base)() == "new"


def test_a_branch_sees_the_trunk_but_not_the_reverse() -> None:
    trunk = _dispatcher(Base)
    branch = trunk.branch()
    branch.dispatch_for(Base, replace=True)(lambda: "branch")
    branch.dispatch_for(Leaf)(lambda: "leaf")
    assert branch.dispatch(Middle())() == "branch"
    assert trunk.dispatch(Leaf())() is Base
