"""Real histories on SQLite, to their heads and back: what the genuine package makes, and nothing lost.

The two databases can't be the same text, as ours keeps that of the application and the other writes its own;
so what SQLAlchemy reflects is compared.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect
from sqlalchemy.pool import NullPool

from tests.project import OUR_TABLES
from tests.real.applications import APPLICATIONS, Journey
from tests.real.test_real_histories import Bench, path

__all__ = ["path"]

JOURNEYS = {
    # The downgrade of v3.0.0.c uses a name that its own module doesn't have.
    "optuna": Journey(to="heads", back="v3.0.0.c"),
    # The downgrade of 3c2384c5aae1 hands over a Column in place of its name.
    "jupyterhub": Journey(stamped="99a28a4418e1", to="heads", back="3c2384c5aae1"),
    "mlflow": Journey(to="heads", back="-3"),
}


@pytest.mark.parametrize("name", sorted(JOURNEYS))
def test_a_journey_ends_at_the_same_schema(
    name: str, genuine: Path, path: list[Path], tmp_path: Path
) -> None:
    journey = JOURNEYS[name]
    benches = {
        who: Bench(APPLICATIONS[name], python, path, tmp_path / who)
        for who, python in (("ours", Path(sys.executable)), ("theirs", genuine))
    }
    urls = {who: f"sqlite:///{tmp_path / who}.db" for who in benches}
    for who, bench in benches.items():
        bench.start(urls[who], journey)
    for command in (("upgrade", journey.to), ("downgrade", journey.back or "base"), ("upgrade", journey.to)):
        for bench in benches.values():
            bench.alembic(*command).ok()
        ours, theirs = (_reflected(urls[who]) for who in ("ours", "theirs"))
        assert ours.keys() == theirs.keys()
        for table in ours:
            assert ours[table] == theirs[table], (command, table)


def _reflected(url: str) -> dict[str, Any]:
    """Each table as an Inspector sees it."""
    seen = inspect(create_engine(url, poolclass=NullPool))
    return {
        table: {
            "columns": [
                (each["name"], str(each["type"]), each["nullable"], each["default"])
                for each in seen.get_columns(table)
            ],
            "key": seen.get_pk_constraint(table),
            "references": sorted(map(str, seen.get_foreign_keys(table))),
            "unique": sorted(map(str, seen.get_unique_constraints(table))),
            "checks": sorted(map(str, seen.get_check_constraints(table))),
            "indexes": sorted(map(str, seen.get_indexes(table))),
        }
        for table in sorted(set(seen.get_table_names()) - OUR_TABLES)
    }
