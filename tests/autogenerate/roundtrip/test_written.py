"""The pairs written by hand, each there and back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from . import pairs_mariadb, pairs_postgresql, pairs_sqlite
from .cycle import round_trip
from .pairs import COMMON, Pair

WRITTEN = {
    "sqlite": {**COMMON, **pairs_sqlite.PAIRS},
    "postgresql": {**COMMON, **pairs_postgresql.PAIRS},
    "mariadb": {**COMMON, **pairs_mariadb.PAIRS},
}


def _cases() -> Iterator[object]:
    for kind, pairs in WRITTEN.items():
        for name, pair in pairs.items():
            yield pytest.param(kind, pair, id=f"{kind}-{name.replace(' ', '-')}")


@pytest.mark.parametrize(("kind", "pair"), _cases())
def test_there_and_back(request: pytest.FixtureRequest, kind: str, pair: Pair) -> None:
    engine = sa.create_engine(request.getfixturevalue(f"{kind}_url"))
    before, after = sa.MetaData(), sa.MetaData()
    pair.before(before)
    pair.after(after)
    try:
        assert round_trip(engine, before, after) > 0, "the pair was found to be the same"
    finally:
        engine.dispose()


def test_there_are_enough() -> None:
    assert all(len(pairs) >= 100 for pairs in WRITTEN.values())
