"""Random pairs of schemas, each migrated there and back by what autogenerate writes."""

from __future__ import annotations

import os

import pytest
import sqlalchemy as sa

from .cycle import round_trip
from .flavours import FLAVOURS
from .spec import Maker, metadata

CASES = int(os.environ.get("ALEMBIC_TEST_ROUNDTRIPS", "300"))
CHUNK = 25


@pytest.mark.parametrize("first", range(0, CASES, CHUNK))
def test_there_and_back(database_url: str, first: int) -> None:
    engine = sa.create_engine(database_url)
    flavour = FLAVOURS[engine.dialect.name]
    changed = 0
    for seed in range(first, min(first + CHUNK, CASES)):
        maker = Maker(seed, flavour)
        before = maker.model()
        after = maker.changed(before)
        try:
            changed += round_trip(engine, metadata(before, flavour), metadata(after, flavour)) > 0
        except Exception as error:
            error.add_note(f"seed {seed} on {engine.dialect.name}") if hasattr(error, "add_note") else None
            raise
    engine.dispose()
    assert changed > CHUNK // 2, "most pairs should differ"
