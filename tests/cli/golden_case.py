"""Golden cases: one text file says which revisions a project has, what is run, and what that prints.

    The law that the case shows, in a line or more.

    revision aa11 "first" labels=x
    revision bb22 <- aa11 "second" depends_on=cc33

    $ alembic heads
    bb22 (x) (head)

    $ alembic show nope
    ! FAILED: Can't locate revision identified by 'nope'
    = 255

After ``$``: expected standard output, then the first lines of standard error behind ``!`` (more may follow
only if there are some; log lines are left out), then the exit status behind ``=`` unless it is 0. Directories
are written ``{versions}`` and ``{project}``. Before the first command there may be ``ini KEY = VALUE``, too.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import NamedTuple

from tests.project import Project, Result

CASES = sorted((Path(__file__).parent / "golden").glob("*.txt"))

_REVISION = re.compile(
    r'revision (?P<id>\S+)(?: <- (?P<down>\S+))?(?: "(?P<message>[^"]*)")?(?P<options>( \w+=\S+)*)$'
)


class Step(NamedTuple):
    """One command and what it is expected to leave behind."""

    command: str
    stdout: str
    stderr: str
    code: int


class Case(NamedTuple):
    """A parsed file."""

    setup: tuple[str, ...]
    steps: tuple[Step, ...]

    @classmethod
    def read(cls, path: Path) -> Case:
        head, *blocks = re.split(r"^\$ ", path.read_text("utf-8"), flags=re.MULTILINE)
        assert head.strip(), f"{path.name} does not say what it shows"
        setup = [line for line in head.splitlines() if line.split(" ")[0] in {"revision", "ini"}]
        return cls(tuple(setup), tuple(_step(block) for block in blocks))

    def make(self, project: Project) -> None:
        """Write the revisions and settings of the case."""
        settings = []
        for line in self.setup:
            if line.startswith("ini "):
                settings.append(line[4:])
                continue
            found = _REVISION.match(line)
            assert found, line
            options = dict(option.split("=") for option in found["options"].split())
            project.revision(
                found["id"],
                _names(found["down"]),
                message=found["message"],
                labels=_names(options.get("labels")),
                depends_on=_names(options.get("depends_on")),
            )
        if settings:
            project.configure(ini="\n".join(settings) + "\n")


def shortened(found: Step, expected: Step) -> Step:
    """What was found with no more of standard error than the case speaks of."""
    if not expected.stderr:
        return found
    lines = found.stderr.split("\n")[: expected.stderr.count("\n") + 1]
    return found._replace(stderr="\n".join(lines))


def outcome(step: Step, project: Project, result: Result) -> Step:
    """What a command left behind, in the form in which a case writes it down."""
    return Step(
        step.command,
        _general(result.stdout, project),
        _general(_without_logs(result.stderr), project),
        result.code,
    )


def _step(block: str) -> Step:
    command, _, rest = block.partition("\n")
    lines = rest.rstrip("\n").split("\n")
    code = int(lines.pop()[2:]) if lines[-1].startswith("= ") else 0
    stderr = [line[2:] for line in lines if line.startswith("! ")]
    stdout = [line for line in lines if not line.startswith("! ")]
    assert shlex.split(command)[0] == "alembic", command
    return Step(command, _trimmed("\n".join(stdout)), _trimmed("\n".join(stderr)), code)


def _names(text: str | None) -> str | tuple[str, ...] | None:
    if text is None:
        return None
    names = tuple(text.split(","))
    return names[0] if len(names) == 1 else names


def _without_logs(stderr: str) -> str:
    """Standard error without the lines of logging, which the project's configuration sends there too."""
    return "".join(
        line for line in stderr.splitlines(True) if not re.match(r"(INFO|WARNI|ERROR|DEBUG) *\[", line)
    )


def _general(text: str, project: Project) -> str:
    text = text.replace(str(project.versions), "{versions}").replace(str(project.directory), "{project}")
    return _trimmed(text)


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))
