"""Which limits are wanted for a statement: its kind, and whose word counts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from alembic.config import Config
from alembic.errors.configuration import ConfigValueInvalid
from alembic.limits.durations import seconds_of, spelled
from alembic.limits.kinds import Kind, can_stand_alone, kind_of
from alembic.limits.policy import Policy, Timeouts
from alembic.script.steps import MigrationStep


def config(**settings: object) -> Config:
    made = Config()
    for key, value in settings.items():
        made.set_main_option(key, str(value))
    return made


def step(**said: object) -> MigrationStep:
    module = SimpleNamespace(**said)
    return SimpleNamespace(revision=SimpleNamespace(revision="a1", module=module))  # type: ignore[return-value]  # all that is asked of a step


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *(("5", 5.0), (5, 5.0), ("0.5", 0.5), ("500ms", 0.5), (" 5 s", 5.0), ("2min", 120.0), ("2 M", 120.0)),
        *(("1h", 3600.0), ("0", 0.0), (1.5, 1.5)),
    ],
)
def test_a_time(text: object, seconds: float) -> None:
    assert seconds_of("lock_timeout", text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "-1", "5 d", "1e3", True, "5 s 3 ms"])
def test_no_time(text: object) -> None:
    with pytest.raises(ConfigValueInvalid, match="lock_timeout"):
        seconds_of("lock_timeout", text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "400 ms"), (3, "3 s"), (90, "90 s"), (300, "5 min"), (3600, "1 h"), (1.6, "1.6 s")],
)
def test_a_time_in_words(seconds: float, text: str) -> None:
    assert spelled(seconds) == text


KINDS = {
    Kind.DDL: [
        "ALTER TABLE t ADD COLUMN b INT",
        "  -- why\n/* how */ create index ix on t (a)",
        "DROP TABLE t",
        "TRUNCATE t",
        "COMMENT ON TABLE t IS 'CREATE INDEX CONCURRENTLY'",
        "ALTER TABLE t ADD COLUMN b INT COMMENT 'LOCK=NONE'",
        "ALTER TABLE t ADD COLUMN b INT, ALGORITHM=INSTANT",
        "ALTER TABLE t ADD INDEX ix (a), ALGORITHM=INPLACE, LOCK=SHARED",
        "VACUUM FULL t",
        "VACUUM (FULL, ANALYZE) t",
        "DO $$ BEGIN ALTER TABLE t ADD COLUMN b INT; END $$",
        "REINDEX TABLE t",
        "LOCK TABLE t IN ACCESS EXCLUSIVE MODE",
    ],
    Kind.DML: [
        "INSERT INTO t VALUES ('CREATE TABLE')",
        "UPDATE t SET a = 1",
        "WITH x AS (SELECT 1) DELETE FROM t",
        "SELECT 1",
        "COPY t FROM STDIN",
        "SELECT 'lock_timeout'",
        "",
        "?",
    ],
    Kind.ONLINE: [
        "CREATE INDEX CONCURRENTLY ix ON t (a)",
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ix ON t (a)",
        "DROP INDEX CONCURRENTLY ix",
        "REINDEX INDEX CONCURRENTLY ix",
        "REINDEX (VERBOSE) TABLE CONCURRENTLY t",
        "ALTER TABLE t VALIDATE CONSTRAINT c",
        "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
        "CREATE INDEX ix ON t (a) ALGORITHM=INPLACE LOCK=NONE",
        "ALTER TABLE t ADD INDEX ix (a), ALGORITHM = NOCOPY",
        "ALTER ONLINE TABLE t ADD INDEX ix (a)",
        "VACUUM t",
        "ANALYZE t",
    ],
    Kind.LIMITS: [
        "SET lock_timeout = '1s'",
        "SET LOCAL statement_timeout TO 0",
        "SET SESSION innodb_lock_wait_timeout = 5",
        "SELECT set_config('lock_timeout', '1s', true)",
        "PRAGMA busy_timeout = 5",
        "SET STATEMENT max_statement_time=5 FOR ALTER TABLE t ADD b INT",
    ],
    Kind.ENDS: ["ROLLBACK TO SAVEPOINT sa_savepoint_1", "rollback", "COMMIT", "BEGIN", "START TRANSACTION"],
    Kind.OTHER: [
        "SET search_path TO x",
        "SET FOREIGN_KEY_CHECKS = 0",
        "SAVEPOINT x",
        "SELECT pg_advisory_xact_lock(1)",
        "SELECT GET_LOCK('x', 5)",
        "PRAGMA foreign_keys",
        "SHOW search_path",
    ],
}


@pytest.mark.parametrize(("sql", "kind"), [(sql, kind) for kind, texts in KINDS.items() for sql in texts])
def test_the_kind_of_a_statement(sql: str, kind: Kind) -> None:
    assert kind_of(sql) is kind


@pytest.mark.parametrize(
    ("sql", "alone"),
    [
        *(("ALTER TABLE t ADD b INT", True), ("ALTER TABLE t ADD b INT;\n", True)),
        *(("ALTER TABLE t ADD b INT; DROP TABLE u", False), ("CALL p()", False)),
        *(
            ("DO $$ BEGIN COMMIT; END $$", False),
            ("/* x */ call p()", False),
            ("INSERT INTO t VALUES (';')", False),
        ),
    ],
)
def test_what_certainly_stands_alone(sql: str, alone: bool) -> None:
    assert can_stand_alone(sql) is alone


def limits(policy: Policy, **said: object) -> dict[str, Any]:
    terms = policy.terms(step(**said))
    assert terms is not None
    return {kind.value: tuple(timeouts) for kind, timeouts in terms.timeouts.items()}


def test_nothing_is_limited_unless_somebody_wants_it() -> None:
    assert Policy(config()).terms(step()) is None
    assert Policy(config(timeouts="off")).terms(None) is None


def test_one_setting_for_the_recommended_limits() -> None:
    terms = Policy(config(timeouts="recommended")).terms(None)
    assert terms is not None
    assert terms.timeouts == {
        Kind.DDL: Timeouts(3.0, 300.0),
        Kind.DML: Timeouts(3.0, None),
        Kind.ONLINE: Timeouts(0.0, 0.0),
    }
    assert terms.retries == 10
    assert [terms.delay(n) for n in range(1, 8)] == [1, 2, 4, 8, 16, 30, 30]
    assert terms.patience() == 11 * 3 + 1 + 2 + 4 + 8 + 16 + 5 * 30


def test_by_kind_and_for_all() -> None:
    policy = Policy(config(lock_timeout="2s", dml_lock_timeout="10s", ddl_statement_timeout="1min"))
    assert limits(policy) == {"ddl": (2.0, 60.0), "dml": (10.0, None), "online": (0.0, 0.0)}


def test_what_is_online_is_exempt_unless_it_is_named() -> None:
    policy = Policy(config(lock_timeout=1, online_lock_timeout=20))
    assert limits(policy)["online"] == (20.0, 0.0)
    assert limits(policy, statement_timeout=5, online_statement_timeout="2h")["online"] == (20.0, 7200.0)


def test_a_revision_has_the_first_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the environment, the files, and the recommended set."""
    policy = Policy(config(timeouts="recommended", lock_timeout=7, lock_retries=2))
    assert limits(policy)["ddl"] == (7.0, 300.0)
    assert limits(policy, lock_timeout="9s", ddl_statement_timeout=0)["ddl"] == (9.0, 0.0)
    assert limits(policy, dml_lock_timeout="9s")["ddl"] == (7.0, 300.0)
    monkeypatch.setenv("ALEMBIC_LOCK_TIMEOUT", "8")
    monkeypatch.setenv("ALEMBIC_LOCK_RETRIES", "3")
    policy = Policy(config(timeouts="recommended", lock_timeout=7, lock_retries=2))
    assert limits(policy)["ddl"] == (8.0, 300.0)
    terms, own = policy.terms(step()), policy.terms(step(lock_retries=0))
    assert terms is not None and terms.retries == 3
    assert own is not None and own.retries == 0


def test_a_revision_alone_can_want_them() -> None:
    policy = Policy(config())
    assert limits(policy, lock_timeout=1)["ddl"] == (1.0, None)
    assert policy.terms(step(lock_timeout=None)) is None


@pytest.mark.parametrize(
    ("settings", "said", "message"),
    [
        ({"timeouts": "always"}, {}, "Invalid value for timeouts: 'always'; expected recommended or off"),
        ({"lock_timeout": "long"}, {}, "Invalid value for lock_timeout: 'long'; expected a time such as"),
        ({"lock_retries": "-1"}, {}, "Invalid value for lock_retries: '-1'; expected a whole number"),
        ({}, {"lock_timeout": "x"}, "Invalid value for lock_timeout of revision a1: 'x'"),
    ],
)
def test_values_without_a_meaning(settings: dict[str, str], said: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigValueInvalid) as raised:
        Policy(config(**settings)).terms(step(**said))
    assert str(raised.value).startswith(message)
