"""What is measured: each case prepares its work for one environment, then runs it as often as it is told."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from tests.project import Project
from tests.servers import lease

from benchmarks import histories
from benchmarks.environments import Environment
from benchmarks.latency import distant
from benchmarks.measure import Sample, run

HERE = Path(__file__).parent


class Target(NamedTuple):
    """The largest allowed ratio of ours to the genuine package, in this figure."""

    ratio: float
    figure: str = "cpu"


class Case(NamedTuple):
    """One line of the table.

    `runner` prepares for an environment and returns what measures once; `genuine` is False where only our own
    growth is of interest, because the other package would take hours. `memory` is the largest allowed ratio
    of peak sizes: one part in a hundred is what two runs of the same program differ by. With `beside`, what
    is measured is a floor, printed beside the genuine package's figures of that case.
    """

    name: str
    runner: Callable[[Environment], Callable[[], Sample]]
    target: Target | None = None
    quick: bool = False
    genuine: bool = True
    memory: float = 1.01
    beside: str | None = None


class Workshop:
    """Prepares histories and databases below one directory, for each environment separately."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._stack = ExitStack()
        self._postgresql: str | None = None
        self._compared: dict[tuple[str, int], str] = {}

    def project(self, kind: str, count: int, environment: Environment) -> Project:
        """A history for reading and scripts, where the body of a revision matters little."""
        nodes = histories.linear(count) if kind == "linear" else histories.branchy(count)
        return histories.write(nodes, self.directory / environment.name / f"{kind}-{count}")

    def full_project(self, count: int, environment: Environment) -> Project:
        """A history to be run: each revision makes a table, an index and a column."""
        place = self.directory / environment.name / f"full-{count}"
        return histories.write(histories.linear(count), place, histories.full)

    def empty(self, environment: Environment) -> Path:
        place = self.directory / environment.name / "empty"
        place.mkdir(parents=True, exist_ok=True)
        return place

    def postgresql(self) -> str:
        """One database for the whole run; cases leave it empty."""
        if self._postgresql is None:
            self._postgresql = self._stack.enter_context(lease("postgresql").database())
        return self._postgresql

    def compared(self, kind: str, count: int, environment: Environment) -> str:
        """A database with so many tables, the same one for both sides."""
        if (kind, count) not in self._compared:
            if kind == "sqlite":
                path = self.directory / f"compared-{count}.db"
                path.unlink(missing_ok=True)
                url = f"sqlite:///{path}"
            else:
                url = self._stack.enter_context(lease(kind).database())
            argv = [str(environment.python), str(HERE / "comparison.py"), "create", url, str(count)]
            run(argv, self.empty(environment))
            self._compared[kind, count] = url
        return self._compared[kind, count]

    def distant(self, url: str) -> str:
        """The same database with 2 ms more on each round trip."""
        return self._stack.enter_context(distant(url, 0.002))

    def close(self) -> None:
        self._stack.close()
        for kind in ("postgresql", "mariadb"):
            lease(kind).close()


def all_cases(workshop: Workshop) -> Iterator[Case]:
    """Every case, in the order of the table."""
    yield from _starts(workshop)
    for count in (100, 1000, 5000, 20000):
        yield from _graph(workshop, "linear", count)
    yield from _graph(workshop, "branchy", 2000)
    yield from _upgrades(workshop)
    yield from _safety(workshop)
    yield from _bulk(workshop)
    yield from _alterations(workshop)
    yield from _autogenerate(workshop)


def _starts(workshop: Workshop) -> Iterator[Case]:
    def command(*argv: str) -> Callable[[Environment], Callable[[], Sample]]:
        return lambda env: lambda: run([*env.alembic, *argv], workshop.empty(env))

    def program(text: str) -> Callable[[Environment], Callable[[], Sample]]:
        return lambda env: lambda: run([str(env.python), "-c", text], workshop.empty(env))

    yield Case("start/help", command("--help"), Target(0.12), quick=True)
    yield Case("start/version", command("--version"), Target(0.12))
    yield Case("start/import-alembic", program("import alembic"))
    yield Case("start/import-op", program("from alembic import op"))
    yield Case("start/import-command", program("import alembic.command"))


# The targets of the project: the most that ours may need, as a part of what the genuine package needs.
GRAPH_TARGETS = {
    ("linear", 100): {"heads": 0.15, "history": 0.15},
    ("linear", 1000): {"heads": 0.12, "history": 0.12},
    ("linear", 5000): {
        "heads": 0.08,
        "history": 0.08,
        "current": 0.05,
        "upgrade-nothing": 0.3,
        "stamp": 0.3,
        "upgrade-sql": 0.5,
        "downgrade-sql": 0.12,
    },
    ("linear", 20000): {"heads": 0.05, "history": 0.05},
    ("branchy", 2000): {"history": 0.15, "upgrade-sql": 0.35},
}
GRAPH_COMMANDS = {
    "heads": ("heads",),
    "history": ("history",),
    "current": ("current",),
    "upgrade-nothing": ("upgrade", "heads"),
    "stamp": ("stamp", "heads"),
    "upgrade-sql": ("upgrade", "heads", "--sql"),
    "downgrade-sql": ("downgrade", "heads:base", "--sql"),
}


def _graph(workshop: Workshop, kind: str, count: int) -> Iterator[Case]:
    def command(argv: tuple[str, ...]) -> Callable[[Environment], Callable[[], Sample]]:
        def prepare(env: Environment) -> Callable[[], Sample]:
            project = workshop.project(kind, count, env)
            words = [_tip(word, kind, count) for word in argv]
            return lambda: run([*env.alembic, *words], project.directory)

        return prepare

    targets = GRAPH_TARGETS.get((kind, count), {})
    for name, argv in GRAPH_COMMANDS.items():
        ratio = targets.get(name)
        yield Case(
            f"graph/{kind}-{count}/{name}",
            command(argv),
            Target(ratio) if ratio else None,
            quick=count in (100, 1000) and name in ("heads", "current", "upgrade-sql"),
            genuine=count < 20000 or name in ("heads", "history"),
        )


def _tip(word: str, kind: str, count: int) -> str:
    """A range needs an identifier to start from."""
    if word != "heads:base":
        return word
    nodes = histories.linear(count) if kind == "linear" else histories.branchy(count)
    return f"{nodes[-1].revision}:base"


def _upgrades(workshop: Workshop) -> Iterator[Case]:
    def sqlite(env: Environment, project: Project) -> None:
        for leftover in project.directory.glob("work.db*"):
            os.unlink(leftover)
        project.configure(f"sqlite:///{project.directory / 'work.db'}")

    def postgresql(env: Environment, project: Project) -> None:
        project.configure(workshop.postgresql())
        _run_quietly([*env.alembic, "downgrade", "base"], project)

    def upgrade(
        reset: Callable[[Environment, Project], None], down: bool
    ) -> Callable[..., Callable[[], Sample]]:
        def prepare(env: Environment) -> Callable[[], Sample]:
            project = workshop.full_project(500, env)

            def measure() -> Sample:
                reset(env, project)
                if down:
                    _run_quietly([*env.alembic, "upgrade", "head"], project)
                    return run([*env.alembic, "downgrade", "base"], project.directory)
                sample = run([*env.alembic, "upgrade", "head"], project.directory)
                _run_quietly([*env.alembic, "downgrade", "base"], project)
                return sample

            return measure

        return prepare

    yield Case("upgrade/sqlite-500/upgrade", upgrade(sqlite, False), Target(0.35, "wall"), quick=True)
    yield Case("upgrade/sqlite-500/downgrade", upgrade(sqlite, True))
    yield Case("upgrade/postgresql-500/upgrade", upgrade(postgresql, False), Target(0.5), quick=True)
    yield Case("upgrade/postgresql-500/downgrade", upgrade(postgresql, True))


def _safety(workshop: Workshop) -> Iterator[Case]:
    """Beside ourselves with the lock, the history and the journal turned off."""
    prepared: list[Environment] = []

    def prepare(env: Environment) -> Callable[[], Sample]:
        prepared.append(env)
        alembic = prepared[0].alembic  # ours, on both sides
        project = workshop.full_project(500, env)
        settings = "" if env.name == "ours" else "lock = false\nhistory = false\nrecovery = false"

        def measure() -> Sample:
            project.configure(workshop.postgresql(), ini=settings)
            _run_quietly([*alembic, "downgrade", "base"], project)
            sample = run([*alembic, "upgrade", "head"], project.directory)
            _run_quietly([*alembic, "downgrade", "base"], project)
            return sample

        return measure

    yield Case("upgrade/postgresql-500/safety", prepare, Target(1.15, "wall"), memory=1.1)


def _run_quietly(argv: list[str], project: Project) -> None:
    run(argv, project.directory)


def _bulk(workshop: Workshop) -> Iterator[Case]:
    def program(
        where: Callable[[Environment], str], count: int
    ) -> Callable[[Environment], Callable[[], Sample]]:
        def prepare(env: Environment) -> Callable[[], Sample]:
            argv = [str(env.python), str(HERE / "inside.py"), where(env), str(count)]
            return lambda: run(argv, workshop.empty(env), inside=True)

        return prepare

    def sqlite(env: Environment) -> str:
        return f"sqlite:///{workshop.empty(env) / 'bulk.db'}"

    rows = 100_000
    yield Case("bulk/sqlite", program(sqlite, rows), Target(0.5), quick=True)
    yield Case("bulk/postgresql", program(lambda env: workshop.postgresql(), rows), Target(0.65))
    yield Case("bulk/sql-text", program(lambda env: "text", rows), Target(0.1), quick=True)


def _alterations(workshop: Workshop) -> Iterator[Case]:
    """Beside the genuine package, and beside the statements that would do it by hand."""
    rows = 1_000_000

    def program(ours: str, theirs: str) -> Callable[[Environment], Callable[[], Sample]]:
        def prepare(env: Environment) -> Callable[[], Sample]:
            path = str(workshop.empty(env) / "altered.db")
            work = ours if env.name == "ours" else theirs
            argv = [str(env.python), str(HERE / "alteration.py"), work, path, str(rows)]
            return lambda: run(argv, workshop.empty(env), inside=True)

        return prepare

    yield Case("batch/sqlite/rebuild", program("rebuild", "rebuild"), Target(1.1), memory=1.1)
    yield Case("batch/sqlite/rebuild-bare", program("rebuild", "bare-rebuild"), Target(1.15), memory=1.1)
    yield Case("batch/sqlite/rename", program("rename", "rename"), Target(0.4))
    yield Case("batch/sqlite/rename-bare", program("rename", "bare-rename"))


# CPU of a comparison that finds nothing, inside the call.
AUTOGENERATE_TARGETS = {
    ("postgresql", 500): 0.2,
    ("mariadb", 500): 0.3,
    ("sqlite", 500): 0.25,
    ("postgresql", 2000): 0.2,
    ("mariadb", 2000): 0.3,
    ("sqlite", 2000): 0.1,
}


def _autogenerate(workshop: Workshop) -> Iterator[Case]:
    def program(
        work: str, kind: str, count: int, far: bool = False
    ) -> Callable[[Environment], Callable[[], Sample]]:
        def prepare(env: Environment) -> Callable[[], Sample]:
            url = workshop.compared(kind, count, env)
            url = workshop.distant(url) if far else url
            argv = [str(env.python), str(HERE / "comparison.py"), work, url, str(count)]
            return lambda: run(argv, workshop.empty(env), inside=True)

        return prepare

    for (kind, count), ratio in AUTOGENERATE_TARGETS.items():
        name = f"autogenerate/{kind}-{count}"
        memory = 0.5 if count == 2000 else 1.01
        same = program("same", kind, count)
        yield Case(f"{name}/same", same, Target(ratio), count == 500, memory=memory)
        if count == 500:
            yield Case(f"{name}/defaults", program("defaults", kind, count))
        for floor in ("inspector", "queries"):
            floored = program(floor, kind, count)
            yield Case(f"{name}/floor-{floor}", floored, genuine=False, beside=f"{name}/same")
    name = "autogenerate/postgresql-500"
    for work, ratio in (("same", 0.15), ("defaults", 0.1)):
        suffix = "" if work == "same" else f"-{work}"
        far = program(work, "postgresql", 500, far=True)
        yield Case(f"{name}/latency{suffix}", far, Target(ratio, "wall"))
    for floor in ("inspector", "queries"):
        floored = program(floor, "postgresql", 500, far=True)
        yield Case(f"{name}/latency-floor-{floor}", floored, genuine=False, beside=f"{name}/latency")
