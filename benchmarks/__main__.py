"""`python -m benchmarks`: measure both packages in turn and print the table."""

from __future__ import annotations

import argparse
import datetime
import fnmatch
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import environments, report
from benchmarks.cases import Case, Workshop, all_cases
from benchmarks.environments import Environment
from benchmarks.measure import Sample, median

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- results: written by make bench ARGS=--write -->", "<!-- end of results -->"


def main() -> int:
    """Exit status 1 when a target is missed."""
    options = _arguments()
    pair = [environments.ours(options.ours), environments.genuine(options.genuine)]
    where = options.directory or tempfile.mkdtemp(prefix="alembic-bench-")
    workshop = Workshop(Path(where))
    lines = [*environments.description(pair), _machine()]
    print("\n".join(lines), flush=True)
    print("\n".join(report.HEADER), flush=True)
    outcomes = []
    try:
        for case in all_cases(workshop):
            if _wanted(case, options):
                outcomes.append(_beside(_measure(case, pair, options.rounds), outcomes))
                print(report.row(outcomes[-1]), flush=True)
    finally:
        workshop.close()
    growth = report.growth(outcomes)
    print("\n".join(["", *growth]))
    if options.write:
        table = [*report.HEADER, *map(report.row, outcomes)]
        _write([*(f"- {line}" for line in lines), "", *table, "", *growth])
    missed = [o.case.name for o in outcomes if "M" in report.verdict(o)]
    print(f"{len(outcomes)} cases, missed: {', '.join(missed) or 'none'}")
    return 1 if missed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a short set, for use while developing")
    parser.add_argument(
        "--only", metavar="PATTERN", help="cases whose name matches, such as 'graph/linear-5000/*'"
    )
    parser.add_argument(
        "--rounds", type=int, default=7, help="measurements of each side (fewer for long cases)"
    )
    parser.add_argument("--ours", type=Path, metavar="PYTHON", help="an interpreter that has our package")
    parser.add_argument("--genuine", type=Path, metavar="PYTHON", help="one that has the genuine package")
    parser.add_argument("--directory", help="keep the generated histories there for another run")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    return parser.parse_args()


def _wanted(case: Case, options: argparse.Namespace) -> bool:
    if options.only:
        return fnmatch.fnmatch(case.name, options.only)
    return case.quick or not options.quick


def _measure(case: Case, pair: list[Environment], rounds: int) -> report.Outcome:
    """Both sides in turn, so that whatever else the machine does falls on both.

    The first measurement warms caches (bytecode, files) and decides how many are to be made; for cases of
    more than half a minute it is the only one.
    """
    sides = pair if case.genuine else pair[:1]
    runners = [case.runner(environment) for environment in sides]
    started = time.monotonic()
    samples: list[list[Sample]] = [[runner()] for runner in runners]
    took = time.monotonic() - started
    rounds = 1 if took > 30 else min(rounds, 3) if took > 6 else rounds
    if took <= 30:
        samples = [[] for _ in runners]
        for _ in range(rounds):
            for collected, runner in zip(samples, runners, strict=True):
                collected.append(runner())
    medians = [median(collected) for collected in samples]
    return report.Outcome(case, medians[0], medians[1] if case.genuine else None, rounds)


def _beside(outcome: report.Outcome, outcomes: list[report.Outcome]) -> report.Outcome:
    """A floor gets the genuine package's figures of the case to which it belongs."""
    for other in outcomes:
        if other.case.name == outcome.case.beside:
            return outcome._replace(theirs=other.theirs)
    return outcome


def _machine() -> str:
    today = datetime.date.today().isoformat()
    return f"{today}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def _write(lines: list[str]) -> None:
    before, _, rest = README.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text("\n".join([before + BEGIN, "", *lines, "", END]) + after, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
