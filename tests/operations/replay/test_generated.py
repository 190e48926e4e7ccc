"""Random operations: replaying them gives the schema that a database has after running them.

What a database refuses isn't replayed. Whatever a replay calls unknown counts as a gap, of which there may be
few. ``ALEMBIC_TEST_REPLAYS`` says how many sequences there are on each database.
"""

from __future__ import annotations

import os
from collections import Counter

import sqlalchemy as sa

from tests.autogenerate.roundtrip import spec
from tests.autogenerate.roundtrip.cycle import clean
from tests.autogenerate.roundtrip.flavours import FLAVOURS

from .bench import REFUSALS, Bench
from .steps import Maker

CASES = int(os.environ.get("ALEMBIC_TEST_REPLAYS", "0"))
BUDGET = {"sqlite": 25, "postgresql": 20, "mariadb": 20}
CHANGES = 12


def test_the_database_has_what_was_replayed(database_url: str) -> None:
    engine = sa.create_engine(database_url)
    counted: Counter[str] = Counter()
    for seed in range(CASES or BUDGET[engine.dialect.name]):
        clean(engine)
        run_sequence(engine, seed, counted)
    engine.dispose()
    print(engine.dialect.name, dict(counted))
    assert counted["unknown"] <= counted["run"] / 20
    assert counted["refused"] <= counted["run"] / 5


def run_sequence(engine: sa.Engine, seed: int, counted: Counter[str]) -> None:
    """Run the random steps of a seed, and compare after each of them.

    :param counted: gets the number of steps that were "run", "refused", or left something "unknown".
    """
    bench, maker = Bench(engine), Maker(seed, FLAVOURS[engine.dialect.name])
    if seed % 3 == 0:
        bench.start(spec.metadata(spec.Maker(seed, maker.flavour).model(), maker.flavour))
    for _ in range(CHANGES):
        lines = _step(bench, maker)
        if not lines:
            continue
        before = bench.schema
        try:
            bench.run(*lines, T=maker.types)
        except REFUSALS:
            counted["refused"] += 1
            if engine.dialect.name == "mariadb" and len(lines) > 1:
                return  # who knows how far it went
            continue
        counted["run"] += 1
        counted["unknown"] += bool(set(bench.schema.unknown) - set(before.unknown))
        assert bench.schema.unknown_rest is None
        if found := bench.differences():
            told = "\n".join(f"{name}: {how}" for name, how in found.items())
            raise AssertionError(f"seed {seed} on {engine.dialect.name}:\n{told}\n" + "\n".join(bench.lines))


def _step(bench: Bench, maker: Maker) -> list[str]:
    """The lines of a step, each of which fits the schema that those before it have made."""
    schema = bench.schema
    try:
        if maker.random.random() < 0.3:
            return _batch(bench, maker)
        lines = []
        for _ in range(maker.random.choice((1, 1, 2))):
            lines += (made := maker.change(bench.schema))
            bench.replay(*made, T=maker.types)
        return lines
    finally:
        bench.replaying.schema = schema


def _batch(bench: Bench, maker: Maker) -> list[str]:
    begun = maker.batched(bench.schema)
    if begun is None:
        return []
    head, first, table = begun
    line: str | None = first
    lines = [head]
    for _ in range(maker.random.randint(1, 4)):
        if line is not None:
            places = [each for each in table.columns if f"({each!r}" not in line]
            line = line.replace("{place}", repr(maker.random.choice(places or ["id"])))
            lines.append(line)
            bench.replay(head, line, T=maker.types)
        if table.key not in bench.schema.tables:
            break
        line = maker.more(bench.schema, bench.schema.tables[table.key])
    return lines if len(lines) > 1 else []
