"""Crash testing of migrations: see :class:`CrashTest`, and docs/crash-testing.md.

::

    def test_upgrades_survive_crashes(tmp_path):
        database = SQLiteFile(tmp_path / "app.db")
        with CrashTest(database, environment={"DATABASE_URL": database.url}) as test:
            test.run().check()
"""

from .databases import Database, DisposableDatabase, Server, SQLiteFile
from .harness import CommandFailed, CrashTest, Reference
from .outcome import Outcome, Report, Storm
from .points import Action, Moment, Point

__all__ = [
    "Action",
    "CommandFailed",
    "CrashTest",
    "Database",
    "DisposableDatabase",
    "Moment",
    "Outcome",
    "Point",
    "Reference",
    "Report",
    "SQLiteFile",
    "Server",
    "Storm",
]
