"""Columns are altered in the database and read back."""

from __future__ import annotations

from sqlalchemy import String

from ..fixtures import AlterColRoundTripFixture, TestBase


class BackendAlterColumnTest(AlterColRoundTripFixture, TestBase):
    """``alter_column()`` does what it says, and nothing else."""

    __backend__ = True
    __requires__ = ("alter_column",)

    def test_nullable(self) -> None:
        self._run_alter_col({}, {"nullable": False})

    def test_not_nullable(self) -> None:
        self._run_alter_col({"nullable": False}, {"nullable": True})

    def test_name(self) -> None:
        self._run_alter_col({}, {"name": "z"})

    def test_type(self) -> None:
        self._run_alter_col({"type": String(20)}, {"type": String(50)})

    def test_default(self) -> None:
        self._run_alter_col({}, {"server_default": "five"})

    def test_default_changed(self) -> None:
        self._run_alter_col({"server_default": "five"}, {"server_default": "six"})

    def test_no_default(self) -> None:
        self._run_alter_col({"server_default": "five"}, {"server_default": None})
