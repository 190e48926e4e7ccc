"""The table of errors in docs/errors.md, made of the classes themselves: `make docs`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"
BEGIN, END = "<!-- begin of the table: make docs -->\n", "<!-- end of the table -->\n"


def table() -> str:
    """One line for each code: the code, the class, what it means."""
    # Errors live in `errors` modules only, which import little: nothing else has to be loaded for them.
    import alembic

    for module in pkgutil.walk_packages(alembic.__path__, "alembic."):
        if module.name.rpartition(".")[2] == "errors" or ".errors." in module.name:
            importlib.import_module(module.name)
    from alembic.errors import CommandError

    lines = ["| code | class | |", "| --- | --- | --- |"]
    for error in sorted(set(_below(CommandError)), key=lambda error: error.code):
        if "code" in vars(error):
            sentence = (error.__doc__ or "").split("\n\n")[0].replace("\n", " ").replace("``", "`")
            lines.append(f"| `{error.code}` | `{error.__name__}` | {' '.join(sentence.split())} |")
    return "\n".join(lines) + "\n"


def _below(error: type) -> Iterator[type]:
    for kind in error.__subclasses__():
        if kind.__module__.startswith("alembic."):
            yield kind
        yield from _below(kind)


def page(text: str) -> str:
    """That text of the page with the table as it should be."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + table() + END + after


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
