"""Where a setting comes from: option, then environment variable, then files."""

from __future__ import annotations

import pytest

from alembic.config import Config
from alembic.configuration.values import is_on, number_of, setting
from alembic.errors.configuration import ConfigValueInvalid


def _config(**values: str) -> Config:
    config = Config()
    for key, value in values.items():
        config.set_main_option(key, value)
    return config


def test_nothing_said() -> None:
    assert setting(_config(), "lock_wait", environment={}) is None
    assert is_on(_config(), "lock", default=True) is True
    assert number_of(_config(), "lock_wait", default=300) == 300


def test_the_files_the_environment_the_option() -> None:
    config = _config(lock_wait="10")
    assert setting(config, "lock_wait", environment={}) == "10"
    assert setting(config, "lock_wait", environment={"ALEMBIC_LOCK_WAIT": ""}) == "10"
    assert setting(config, "lock_wait", environment={"ALEMBIC_LOCK_WAIT": "20"}) == "20"
    assert setting(config, "lock_wait", 30, environment={"ALEMBIC_LOCK_WAIT": "20"}) == 30


def test_the_environment_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALEMBIC_PROTECT", "yes")
    assert is_on(_config(protect="false"), "protect") is True
    assert is_on(_config(protect="false"), "protect", False) is False


@pytest.mark.parametrize("value", ["soon", "-1", "inf", "nan"])
def test_a_number_that_is_none(value: str) -> None:
    with pytest.raises(ConfigValueInvalid, match="Invalid value for lock_wait"):
        number_of(_config(lock_wait=value), "lock_wait", default=1)


def test_numbers() -> None:
    assert number_of(_config(lock_wait=" 0.5 "), "lock_wait", default=1) == 0.5
    assert number_of(_config(), "lock_wait", 0, default=1) == 0
