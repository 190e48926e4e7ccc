"""The server's spelling of what models say: temporary tables, made and unmade within one statement.

Nothing but the server can tell that ``price > 0`` and ``price > 0::numeric`` are the same. So one DO block
makes a temporary table for each table in doubt, puts the doubtful expressions on it, reads the catalogue as
it is read for real tables, and rolls everything back. It touches no table of the user, and needs neither a
transaction nor the absence of one: what was read comes back in a setting of the session, which is then
emptied.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import text

from ...schema.catalogue import TableRecord
from . import reflect
from . import reflect_sql as sql
from .respelling import Respelling
from .trial import Question, Trial

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ...schema.shapes import Table, TableKey
    from .compare import PostgresqlRules

log = logging.getLogger(__name__)


def settle(
    connection: Connection, doubtful: Mapping[TableKey, tuple[Table, Table]], rules: PostgresqlRules
) -> dict[TableKey, Table]:
    """The models' shapes with the server's spelling; those that it could not tell are left out."""
    trials: dict[TableKey, Question] = {key: Trial(*pair, rules) for key, pair in doubtful.items()}
    if not any(trial.statements for trial in trials.values()):
        return {}
    obstacle = connection.execute(_OBSTACLE).scalar()
    if obstacle:
        log.warning("Comparing expressions by their text only, because %s", obstacle)
        return {}
    settled = _answered(connection, trials, rules)
    rest: dict[TableKey, Question] = {
        key: Respelling(database, settled[key], rules)
        for key, (database, _) in doubtful.items()
        if key in settled
    }
    return settled | _answered(connection, rest, rules)


def _answered(
    connection: Connection, questions: Mapping[TableKey, Question], rules: PostgresqlRules
) -> dict[TableKey, Table]:
    """The results of those questions that ask something and that the server could answer."""
    asking = {key: question for key, question in questions.items() if question.statements}
    if not asking:
        return {}
    numbers: dict[tuple[str, ...], int] = {}
    for question in asking.values():
        numbers.setdefault(question.statements, len(numbers))
    documents = _tried(connection, list(numbers))
    surroundings = rules.surroundings(connection)
    reflect.find_collations(connection, (each for each in documents if each), surroundings)
    results = {}
    for key, question in asking.items():
        found = documents[numbers[question.statements]]
        if found is not None:
            record = TableRecord()
            reflect.add_documents(record, found, surroundings)
            results[key] = question.result(record)
    return results


def _tried(connection: Connection, trials: Sequence[tuple[str, ...]]) -> list[reflect.Documents | None]:
    """What the catalogue says after each list of statements; None where the first of them failed."""
    version = reflect.version_of(connection)
    token = secrets.token_hex(8)
    block = _BLOCK
    for name, part in {
        "token": token,
        "columns": sql.columns_of("relation"),
        "constraints": sql.constraints_of("relation", version),
        "indexes": sql.indexes_of("relation", version),
        "trials": json.dumps(trials),
    }.items():
        block = block.replace("{" + name + "}", part)
    connection.exec_driver_sql(block, execution_options={"no_parameters": True})
    said, *answers = json.loads(connection.execute(_ANSWER).scalar() or "[null]")
    if said != token:  # a pooler has sent the two statements to different sessions
        log.warning("Comparing expressions by their text only, because the session does not last")
        return [None] * len(trials)
    return [reflect.Documents(*(each or () for each in json.loads(one))) if one else None for one in answers]


_OBSTACLE = text(
    """
SELECT CASE
    WHEN pg_catalog.current_setting('transaction_read_only')::boolean THEN 'the transaction is read-only'
    WHEN NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMP')
         THEN 'this user may not make temporary tables'
    WHEN NOT EXISTS (SELECT 1 FROM pg_catalog.pg_language l
                      WHERE l.lanname = 'plpgsql' AND pg_catalog.has_language_privilege(l.oid, 'USAGE'))
         THEN 'this user may not run DO blocks' END"""
)

# One statement: reading a setting and emptying it; in a target list the first comes first.
_ANSWER = text(
    """
SELECT pg_catalog.current_setting('alembic.settled', true),
       pg_catalog.set_config('alembic.settled', '', false)"""
)

# Variables of PL/pgSQL keep their values when the statements of a block are rolled back by its handler.
_BLOCK = """
DO $block_{token}$
#variable_conflict use_column
DECLARE
    answers text[] := '{"{token}"}';
    answer text;
    relation oid;
    trial json;
    statement text;
BEGIN
    FOR trial IN
        SELECT t.value FROM pg_catalog.json_array_elements($trials_{token}${trials}$trials_{token}$) t
    LOOP
        answer := NULL;
        BEGIN
            EXECUTE trial ->> 1;
            relation := (trial ->> 0)::regclass;
            FOR statement IN
                SELECT s.value
                  FROM pg_catalog.json_array_elements_text(trial) WITH ORDINALITY s (value, number)
                 WHERE s.number > 2 ORDER BY s.number
            LOOP
                BEGIN
                    EXECUTE statement;
                EXCEPTION WHEN OTHERS THEN NULL;
                END;
            END LOOP;
            SELECT json_build_array(
                (SELECT q.document::json FROM ({columns}) q),
                (SELECT q.document::json FROM ({constraints}) q),
                (SELECT q.document::json FROM ({indexes}) q))::text INTO answer;
            RAISE EXCEPTION SQLSTATE 'ALEMB';
        EXCEPTION WHEN OTHERS THEN
            IF SQLSTATE <> 'ALEMB' THEN answer := NULL; END IF;
        END;
        answers := pg_catalog.array_append(answers, answer);
    END LOOP;
    PERFORM pg_catalog.set_config('alembic.settled', pg_catalog.array_to_json(answers)::text, false);
END
$block_{token}$
"""
