"""CrashTest: strikes a migration at every point, lets it run again, and compares."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from ..dump import Dump, difference, dump, unstable_columns
from .blows import ServerBlow
from .databases import Database, connected
from .forks import Command, Forks
from .outcome import Outcome, Report, Storm
from .points import Action, Moment, Point, points_of, sample

if TYPE_CHECKING:
    from typing_extensions import Self

# Their contents differ from run to run by design, and they are not of the application.
OWN_TABLES = ("alembic_history", "alembic_journal", "alembic_lock")


class CommandFailed(AssertionError):
    """A run that nobody has interrupted failed; there is nothing to compare with."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The uninterrupted run.

    :param actions: what it asked of the database, that may have changed something.
    :param dump: what the database held afterwards.
    :param unstable: columns whose values are new in each run, by table; they are not compared.
    """

    actions: tuple[Action, ...]
    dump: Dump
    unstable: Mapping[str, Sequence[str]]


class CrashTest:
    """Kills a migration at every point, runs it again, and compares with an uninterrupted run.

    Linux and other systems that can fork only. Used as a context manager, or closed with :meth:`close`.

    :param database: where it runs; it is emptied again and again.
    :param directory: where the command runs.
    :param command: arguments of ``alembic``.
    :param environment: environment variables for it; for instance where your env.py finds the database.
    :param start: a revision that the database is upgraded to before the part that is tested.
    :param again: arguments of ``alembic`` after the blow, instead of ``command``.
    :param rivals: how many processes run these at once, as several replicas of a deployment do.
    :param before: functions to be called first in each process, as ``"module:function"`` or
        ``"path/to/file.py:function"``.
    :param version_table: its name.
    :param ignored: names of tables that are not compared.
    :param forks: starts the processes; several tests may share one. It has its own by default.
    :param timeout: seconds after which a command is killed, which then counts as failed.
    """

    def __init__(
        self,
        database: Database,
        *,
        directory: str | Path = ".",
        command: Sequence[str] = ("upgrade", "head"),
        environment: Mapping[str, str] | None = None,
        start: str | None = None,
        again: Sequence[str] | None = None,
        rivals: int = 1,
        before: Sequence[str] = (),
        version_table: str = "alembic_version",
        ignored: Collection[str] = OWN_TABLES,
        forks: Forks | None = None,
        timeout: float = 60.0,
    ) -> None:
        self.database = database
        self.directory = Path(directory).resolve()
        self.command = tuple(command)
        self.environment = dict(environment or {})
        self.start = start
        self.again = tuple(again) if again is not None else self.command
        self.rivals = rivals
        self.before = tuple(before)
        self.version_table = version_table
        self.ignored = tuple(ignored)
        self.timeout = timeout
        self._forks = forks
        self._has_own_forks = forks is None
        self._reference: Reference | None = None
        self._place = Path(tempfile.mkdtemp(prefix="alembic-crash-"))
        self._files = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process that starts the others, and delete what was written down."""
        if self._forks is not None and self._has_own_forks:
            self._forks.close()
            self._forks = None
        shutil.rmtree(self._place, ignore_errors=True)

    # -- the uninterrupted run ---------------------------------------------------------------------

    def reference(self) -> Reference:
        """The uninterrupted run; made twice at the first call, to learn what differs each time.

        :raises CommandFailed: it does not come to its end.
        """
        if self._reference is None:
            first, actions = self._uninterrupted()
            second, _ = self._uninterrupted()
            unstable = unstable_columns(first, second)
            differing = difference(first, second, ignored=unstable)
            if differing:
                text = "\n".join(differing)
                raise CommandFailed(f"two uninterrupted runs do not make the same database\n{text}")
            self._reference = Reference(actions, first, unstable)
        return self._reference

    def _uninterrupted(self) -> tuple[Dump, tuple[Action, ...]]:
        self._reset()
        record = self._file("record")
        pid, output = self._begin(self.command, record=record)
        status = self._server().wait(pid, self.timeout)
        if status:
            raise CommandFailed(f"exit status {status} of {self.command}\n{output.read_text('utf-8')}")
        return self._dump(), tuple(_actions(record))

    def points(
        self, moments: Iterable[Moment] = tuple(Moment), *, at_most: int | None = None
    ) -> tuple[Point, ...]:
        """Every point of the uninterrupted run, or an even choice of them.

        :param moments: only these.
        :param at_most: about how many, the same ones each time; those before changes of the version table
            are among them.
        """
        found = points_of(self.reference().actions, tuple(moments))
        return sample(found, at_most, self.version_table)

    # -- blows -------------------------------------------------------------------------------------

    def run(self, points: Iterable[Point] | None = None) -> Report:
        """Kill the process at each of these points, all by default, each time from the beginning."""
        chosen = self.points() if points is None else points
        return Report(self.reference().actions, tuple(self.crash(point) for point in chosen))

    def run_server(self, points: Iterable[Point]) -> Report:
        """Kill the database server at each of these points."""
        return Report(self.reference().actions, tuple(self.crash_server(point) for point in points))

    def crash(self, point: Point) -> Outcome:
        """Kill the process at this point."""
        self.reference()
        self._reset()
        record = self._file("record")
        pid, _ = self._begin(self.command, record=record, point=point)
        self._server().wait(pid, self.timeout)
        return self._aftermath(point, "process", _was_struck(record))

    def crash_server(self, point: Point) -> Outcome:
        """Kill the database server at this point, and start it again when the command has ended.

        :raises ValueError: the database's server may not be killed.
        """
        server = self.database.server
        if server is None:
            raise ValueError("the database has no server that may be killed")
        self.reference()
        self._reset()
        record = self._file("record")
        with ServerBlow(self._file("blow"), server) as blow:
            pid, _ = self._begin(self.command, record=record, point=point, blow=blow.address)
            self._server().wait(pid, self.timeout)
        if blow.fallen:
            server.restart()
        return self._aftermath(point, "server", blow.fallen)

    def storm(self, seed: int = 0, *, within: int = 40, most: int = 1000) -> Storm:
        """Kill the command again and again, each time at a place chosen by chance, until a run gets through.

        :param seed: the same places are chosen for the same number, as far as the runs are the same.
        :param within: how many actions a run may get done at the most.
        :param most: so many blows are enough; the next run is left alone.
        """
        reference = self.reference()
        chance = random.Random(seed)
        self._reset()
        blows: list[tuple[int, Moment]] = []
        while True:
            record = self._file("record")
            number, moment = chance.randint(1, within), chance.choice(list(Moment))
            # Seconds, or on SQLite steps, which are whole.
            work = chance.random() * 50 if self.database.url.startswith("sqlite") else chance.random() / 500
            point = Point(Action(number, "", work=work * 2), moment) if len(blows) < most else None
            pid, output = self._begin(self.command, record=record, point=point)
            status = self._server().wait(pid, self.timeout)
            if not _was_struck(record):
                break
            blows.append((number, moment))
        found = difference(reference.dump, self._dump(), ignored=reference.unstable)
        return Storm(tuple(blows), status, output.read_text("utf-8", "replace"), tuple(found))

    def _aftermath(self, point: Point, victim: str, reached: bool) -> Outcome:
        begun = [self._begin(self.again) for _ in range(self.rivals)] if reached else []
        statuses = tuple(self._server().wait(pid, self.timeout) for pid, _ in begun)
        output = "".join(path.read_text("utf-8", "replace") for _, path in begun)
        reference = self.reference()
        differing = difference(reference.dump, self._dump(), ignored=reference.unstable) if reached else []
        return Outcome(point, victim, reached, statuses, output, tuple(differing))

    # -- what it is made of ------------------------------------------------------------------------

    def _server(self) -> Forks:
        if self._forks is None:
            self._forks = Forks(self.database.url)
        return self._forks

    def _file(self, purpose: str) -> Path:
        self._files += 1
        return self._place / f"{self._files}.{purpose}"

    def _reset(self) -> None:
        self.database.reset()
        if self.start is not None:
            pid, output = self._begin(("upgrade", self.start))
            if self._server().wait(pid, self.timeout):
                raise CommandFailed(f"upgrade {self.start} failed\n{output.read_text('utf-8')}")

    def _begin(
        self,
        argv: Sequence[str],
        *,
        record: Path | None = None,
        point: Point | None = None,
        blow: str | None = None,
    ) -> tuple[int, Path]:
        output = self._file("output")
        # In the middle of its work, as it was measured.
        strike = None if point is None else (point.action.number, point.moment.value, point.action.work / 2)
        command = Command(
            argv,
            str(self.directory),
            str(output),
            environment=self.environment,
            before=self.before,
            record=None if record is None else str(record),
            strike=strike,
            blow=blow,
        )
        return self._server().start(command), output

    def _dump(self) -> Dump:
        with connected(self.database.url) as connection:
            return dump(connection, without=self.ignored)


def _lines(record: Path) -> list[object]:
    text = record.read_text("utf-8") if record.exists() else ""
    return [json.loads(line) for line in text.splitlines()]


def _actions(record: Path) -> list[Action]:
    return [Action(*line) for line in _lines(record) if isinstance(line, list)]


def _was_struck(record: Path) -> bool:
    return "struck" in _lines(record)
