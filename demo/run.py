"""A complete example on SQLite: `make demo`.

Makes a migration environment in a temporary directory, writes three revisions with a branch, merges it,
goes up and down, and prints the same work as an SQL script. Each command is shown before it is run, exactly
as one would type it.
"""

from __future__ import annotations

import os
import shlex
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

CUSTOMERS = (
    """op.create_table(
        "customer",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
    )
    op.execute("INSERT INTO customer (name) VALUES ('Ada'), ('Grace')")""",
    """op.drop_table("customer")""",
)
ORDERS = (
    """op.create_table(
        "purchase",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("customer_id", sa.Integer, sa.ForeignKey("customer.id"), nullable=False),
        sa.Column("placed_at", sa.DateTime, server_default=sa.func.current_timestamp()),
    )
    op.create_index("ix_purchase_customer", "purchase", ["customer_id"])""",
    """op.drop_table("purchase")""",
)
NEWSLETTER = (
    """op.add_column("customer", sa.Column("subscribed", sa.Boolean, server_default=sa.false()))""",
    """op.drop_column("customer", "subscribed")""",
)


class Demo:
    """One run of the example in a directory of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.number = 0

    def chapter(self, text: str) -> None:
        self.number += 1
        print(f"\n\033[1m{self.number}. {text}\033[0m" if sys.stdout.isatty() else f"\n{self.number}. {text}")

    def alembic(self, *argv: str) -> None:
        """Show the command, run it, and end the demonstration if it fails."""
        print(f"\n$ alembic {shlex.join(argv)}", flush=True)
        environment = {name: value for name, value in os.environ.items() if name != "ALEMBIC_CONFIG"}
        command = [sys.executable, "-m", "alembic", *argv]
        outcome = subprocess.run(command, cwd=self.directory, env=environment, stdin=subprocess.DEVNULL)
        if outcome.returncode:
            sys.exit(f"\nthe command failed with exit status {outcome.returncode}")

    def set_url(self) -> None:
        ini = self.directory / "alembic.ini"
        lines = ini.read_text("utf-8").splitlines()
        keep = [line for line in lines if not line.startswith("sqlalchemy.url")]
        keep.insert(keep.index("[alembic]") + 1, "sqlalchemy.url = sqlite:///%(here)s/shop.db")
        ini.write_text("\n".join(keep) + "\n", "utf-8")
        print("\n(alembic.ini: sqlalchemy.url = sqlite:///%(here)s/shop.db)")

    def fill(self, revision: str, bodies: tuple[str, str]) -> None:
        """Write the bodies of upgrade() and downgrade() as a developer would, in an editor."""
        (path,) = (self.directory / "migrations" / "versions").glob(f"{revision}_*.py")
        head, *functions = path.read_text("utf-8").split("def ")
        filled = [
            text.replace("    pass", f"    {body}") for text, body in zip(functions, bodies, strict=True)
        ]
        path.write_text("def ".join([head, *filled]), "utf-8")
        print(f"(wrote upgrade() and downgrade() of {path.name})")

    def show_database(self) -> None:
        with sqlite3.connect(self.directory / "shop.db") as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            tables = [name for (name,) in names]
            version = [row for (row,) in connection.execute("SELECT version_num FROM alembic_version")]
        connection.close()
        print(
            f"(in the database: tables {', '.join(tables)}; version {', '.join(sorted(version)) or 'none'})"
        )


def main() -> None:
    """Tell the whole story, from an empty directory to an empty database."""
    with tempfile.TemporaryDirectory(prefix="alembic-demo-") as directory:
        demo = Demo(Path(directory))
        print(f"A migration project from nothing, in {directory}")

        demo.chapter("Make the environment")
        demo.alembic("init", "migrations")
        demo.set_url()

        demo.chapter("Write three revisions; the last two both follow the first, so the history branches")
        demo.alembic("revision", "-m", "customers", "--rev-id", "c1")
        demo.fill("c1", CUSTOMERS)
        demo.alembic("revision", "-m", "purchases", "--rev-id", "p1")
        demo.fill("p1", ORDERS)
        newsletter = ("--rev-id", "n1", "--head", "c1", "--splice", "--branch-label", "newsletter")
        demo.alembic("revision", "-m", "newsletter", *newsletter)
        demo.fill("n1", NEWSLETTER)
        demo.alembic("heads")
        demo.alembic("branches")

        demo.chapter("Upgrade one branch, then merge the two")
        demo.alembic("upgrade", "newsletter@head")
        demo.show_database()
        demo.alembic("merge", "heads", "-m", "purchases and newsletter", "--rev-id", "m1")
        demo.alembic("history", "--indicate-current")

        demo.chapter("Upgrade to the end: only what is missing runs")
        demo.alembic("upgrade", "head")
        demo.show_database()
        demo.alembic("current", "--verbose")

        demo.chapter("Go back: out of the merge, then to nothing")
        demo.alembic("downgrade", "c1")
        demo.show_database()
        demo.alembic("downgrade", "base")
        demo.show_database()

        demo.chapter("The same as SQL scripts, without a database")
        demo.alembic("upgrade", "head", "--sql")
        demo.alembic("downgrade", "m1:base", "--sql")
        print("\nThat was all. The directory is removed again.")


if __name__ == "__main__":
    main()
