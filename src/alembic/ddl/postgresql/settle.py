"""The server's spelling of what models say: temporary tables, made and unmade within one statement.

Nothing but the server can tell that ``price > 0`` and ``price > 0::numeric`` are the same. So one DO block
makes temporary tables with the columns and the doubtful expressions, reads the catalogue as it is read for
real tables, and rolls everything back. It touches no table of the user, and needs neither a
transaction nor the absence of one: what was read comes back in a setting of the session, which is then
emptied.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from ...schema.catalogue import TableRecord
from ...schema.certainty import believed, believed_further
from ...schema.expressions import POSTGRESQL
from ...schema.from_catalogue import in_order
from . import reflect
from . import reflect_sql as sql
from .doubts import Doubts
from .questions import Question, Trial, trials
from .respelling import Respelling
from .retyping import Retyping

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ...schema.shapes import Table, TableKey
    from .compare import PostgresqlRules

log = logging.getLogger(__name__)

_BY_TEXT = (
    "Comparing expressions by their text only, because %s:"
    " what may be the same in the words of the server is taken for the same"
)


def settle(
    connection: Connection, doubtful: Mapping[TableKey, tuple[Table, Table]], rules: PostgresqlRules
) -> dict[TableKey, Table]:
    """The models' shapes with the server's spelling, as far as it could tell."""
    doubts = {key: Doubts(*pair, rules) for key, pair in doubtful.items()}
    if not any(each.questions for each in doubts.values()):
        return {}
    obstacle = connection.execute(_OBSTACLE).scalar()
    if obstacle:
        log.warning(_BY_TEXT, obstacle)
        return {key: _unasked(*pair) for key, pair in doubtful.items()}
    answers = _ask(connection, doubts.values(), rules)
    if answers is None:
        log.warning(_BY_TEXT, "the session does not last")
        return {key: _unasked(*pair) for key, pair in doubtful.items()}
    settled = {key: each.settled(answers) for key, each in doubts.items() if each.questions}
    again = {key: Respelling(doubtful[key][0], settled[key], rules) for key in settled}
    former = {key: Retyping(doubtful[key][0], settled[key], rules) for key in settled}
    further: list[Respelling | Retyping] = [*again.values(), *former.values()]
    if any(each.questions for each in further):
        answers = _ask(connection, further, rules) or {}
        for key in settled:
            settled[key] = former[key].settled(again[key].settled(answers), answers)
    return settled


def _unasked(database: Table, model: Table) -> Table:
    """The model, with the table's own words wherever the server may have said the same in other words."""
    settled = believed_further(database, believed(database, model, POSTGRESQL), POSTGRESQL)
    return replace(settled, checks=in_order(settled.checks))


def _ask(
    connection: Connection, doubts: Iterable[Doubts | Respelling | Retyping], rules: PostgresqlRules
) -> dict[Question, Any] | None:
    """The answers to all questions that the server could answer; None if they are lost on the way."""
    made = trials(question for each in doubts for question in each.questions.values())
    documents = _tried(connection, made)
    if documents is None:
        return None
    surroundings = rules.surroundings(connection)
    answers: dict[Question, Any] = {}
    for trial, found in zip(made, documents, strict=True):
        if isinstance(found, str):
            # That a type which the models want to be made is not there yet is no news.
            if not any(question.is_risky for question in trial.questions.values()):
                log.warning("Comparing expressions by their text only, because the server says: %s", found)
        else:
            *of_table, true = found
            record = TableRecord()
            reflect.add_documents(record, reflect.Documents(*(each or () for each in of_table)), surroundings)
            answers.update(trial.answers(record, true or ()))
    return answers


def _tried(connection: Connection, made: Sequence[Trial]) -> list[list[Any] | str] | None:
    """What the catalogue says of each temporary table, and the numbers of the conditions that are true.

    The server's message where it made no such table; None instead of all if the answers are lost.
    """
    version = reflect.version_of(connection)
    token = secrets.token_hex(8)
    block = _BLOCK
    for name, part in {
        "token": token,
        "columns": sql.columns_of("ARRAY[relation]"),
        "constraints": sql.constraints_of("ARRAY[relation]", version),
        "indexes": sql.indexes_of("ARRAY[relation]", version),
        "trials": json.dumps([trial.statements() for trial in made]),
    }.items():
        block = block.replace("{" + name + "}", part)
    connection.exec_driver_sql(block, execution_options={"no_parameters": True})
    said, *answers = json.loads(connection.execute(_ANSWER).scalar() or "[null]")
    if said != token:  # a pooler has sent the two statements to different sessions
        return None
    return [json.loads(one) for one in answers]


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
    at_once boolean;
    number integer;
    true_ones integer[];
BEGIN
    FOR trial IN
        SELECT t.value FROM pg_catalog.json_array_elements($trials_{token}${trials}$trials_{token}$) t
    LOOP
        answer := NULL;
        true_ones := '{}';
        BEGIN
            EXECUTE trial ->> 1;
            relation := (trial ->> 0)::regclass;
            BEGIN
                EXECUTE trial ->> 2;
                at_once := true;
            EXCEPTION WHEN OTHERS THEN
                at_once := false;
            END;
            FOR statement IN
                SELECT s.value
                  FROM pg_catalog.json_array_elements_text(trial) WITH ORDINALITY s (value, number)
                 WHERE s.number > 3 AND NOT (at_once AND s.value LIKE 'ALTER TABLE %')
                 ORDER BY s.number
            LOOP
                BEGIN
                    IF statement LIKE 'SELECT %' THEN
                        EXECUTE statement INTO number;
                        true_ones := pg_catalog.array_append(true_ones, number);
                    ELSE
                        EXECUTE statement;
                    END IF;
                EXCEPTION WHEN OTHERS THEN NULL;
                END;
            END LOOP;
            SELECT json_build_array(
                (SELECT q.document::json FROM ({columns}) q),
                (SELECT q.document::json FROM ({constraints}) q),
                (SELECT q.document::json FROM ({indexes}) q), true_ones)::text INTO answer;
            RAISE EXCEPTION SQLSTATE 'ALEMB';
        EXCEPTION WHEN OTHERS THEN
            IF SQLSTATE <> 'ALEMB' THEN answer := pg_catalog.to_json(SQLERRM)::text; END IF;
        END;
        answers := pg_catalog.array_append(answers, answer);
    END LOOP;
    PERFORM pg_catalog.set_config('alembic.settled', pg_catalog.array_to_json(answers)::text, false);
END
$block_{token}$
"""
