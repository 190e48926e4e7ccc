"""Reading a PostgreSQL database: every table of all schemas in four queries.

What comes out has the form of SQLAlchemy's Inspector, with what that leaves out added: collations of index
columns, EXCLUDE constraints, owned sequences, sequences on their own, why a relation is none of ours.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ...schema.catalogue import Catalogue, TableRecord
from ...schema.shapes import EnumType, TableKey
from ...schema.shapes import Sequence as SequenceShape
from . import reflect_records as records
from . import reflect_sql as sql
from .reflect_types import FoundDomain, FoundEnum, TypeReader

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.engine import Dialect

log = logging.getLogger(__package__)


@dataclass(slots=True)
class Surroundings:
    """What the documents about tables refer to.

    :param key: the key of a relation, from its schema, its name, and whether the search path finds it.
    :param accepted: see :func:`.reflect_records.accepted_options`.
    """

    types: TypeReader
    opclasses: dict[int, str]
    key: Callable[[str, str, bool], TableKey]
    accepted: Mapping[str, frozenset[str]]


class Documents(NamedTuple):
    """What was read about one table: a document for each column, constraint and index."""

    columns: Sequence[Any]
    constraints: Sequence[Any]
    indexes: Sequence[Any]


def read(
    connection: Connection, schemas: Sequence[str | None], wanted: Callable[[TableKey], bool]
) -> tuple[Catalogue, Surroundings]:
    """Everything about the wanted tables of these schemas, and the types and operator classes of all.

    :param schemas: None stands for what the search path finds.
    :param wanted: asked once for each table found.
    """
    default_schema = connection.dialect.default_schema_name
    asked = sorted({schema for schema in schemas if schema is not None})
    catalogue = Catalogue(default_schema)
    question = sql.survey(None in schemas)
    survey: dict[str, list[Any]] = {}
    for kind, document in connection.execute(question, {"schemas": asked or [""]}):
        survey.setdefault(kind, []).append(json.loads(document))
    namer = _Namer(default_schema, frozenset(schemas))
    surroundings = surroundings_of(connection.dialect, survey, namer.key)
    oids = _relations(survey.get("relation", ()), catalogue, surroundings, wanted)
    _standalone(survey, catalogue, namer)
    catalogue.elsewhere = _elsewhere(survey, namer)
    if oids:
        for key, found in _ask_about_tables(connection, oids):
            add_documents(catalogue.tables[key], found, surroundings)
            if log.isEnabledFor(logging.INFO):
                _tell_of_serial(key, catalogue.tables[key])
    return catalogue, surroundings


def surroundings_of(
    dialect: Dialect,
    survey: Mapping[str, Iterable[Any]],
    key: Callable[[str, str, bool], TableKey],
) -> Surroundings:
    """The types and operator classes of a survey."""
    named: dict[str, FoundEnum | FoundDomain] = {}
    quote = dialect.identifier_preparer.quote
    for schema, name, visible, _ours, labels in survey.get("enum", ()):
        written = records.written_type_name(None if visible else schema, name, quote)
        for each in written:
            named[each] = FoundEnum(None if visible else schema, name, tuple(labels or ()))
    for schema, name, visible, base, not_null, default, collation, checks in survey.get("domain", ()):
        found = FoundDomain(
            None if visible else schema, name, base, not_null, default, collation,
            tuple((each, definition[7:-1]) for each, definition in checks or ()),
        )  # fmt: skip
        for each in records.written_type_name(found.schema, name, quote):
            named[each] = found
    opclasses = dict(survey.get("opclass", ()))
    return Surroundings(TypeReader(dialect, named), opclasses, key, records.accepted_options(dialect))


def add_documents(record: TableRecord, found: Documents, surroundings: Surroundings) -> None:
    """Fill a table's record from what was read about it."""
    names: dict[int, str] = {}
    collations: dict[int, int] = {}
    for document in found.columns:
        names[document[0]] = document[1]
        collations[document[0]] = document[7]
        record.columns.append(records.column(document, surroundings))
    for document in found.constraints:
        records.add_constraint(record, document, names, surroundings)
    for document in found.indexes:
        record.indexes.append(records.index(document, names, collations, surroundings))


def _tell_of_serial(key: TableKey, record: TableRecord) -> None:
    for column in record.columns:
        if "serial" in column:
            log.info(
                "Detected sequence named '%s' as owned by integer column '%s(%s)', "
                "assuming SERIAL and omitting",
                column["serial"].rpartition(".")[2].strip('"'),
                key[1],
                column["name"],
            )


class _Namer:
    """Which key a relation has: (None, name) where no schema is to be named."""

    def __init__(self, default_schema: str | None, schemas: frozenset[str | None]) -> None:
        self._default, self._schemas = default_schema, schemas

    def key(self, schema: str, name: str, visible: bool = True) -> TableKey:
        """The key of a relation.

        :param visible: the search path finds it; if nobody has asked for its schema by name, it needs none.
        """
        needless = schema == self._default or (visible and schema not in self._schemas)
        return (None if needless else schema), name


def _relations(
    documents: Iterable[Any],
    catalogue: Catalogue,
    surroundings: Surroundings,
    wanted: Callable[[TableKey], bool],
) -> dict[int, TableKey]:
    """Enter the wanted tables, and what is none of ours; the tables' oids."""
    tables: dict[TableKey, Any] = {}
    for document in documents:
        key = surroundings.key(document[1], document[2], True)
        reason = document[4] or _OTHER_KINDS.get(document[3])
        if reason is not None:
            catalogue.skipped[key] = reason
        else:
            tables[key] = document
    oids = {}
    accepted = surroundings.accepted["Table"]
    for key in sorted(tables, key=_order):
        # A temporary table hides the one that the models mean only from the search path.
        catalogue.skipped.pop(key, None)
        if wanted(key):
            document = tables[key]
            options, unsaid = records.table_options(document, accepted)
            catalogue.tables[key] = TableRecord(
                comment=document[6],
                options=options,
                beyond=[*unsaid, *(word for word, has in zip(_BEYOND, document[12], strict=True) if has)],
            )
            oids[document[0]] = key
    catalogue.skipped = {key: catalogue.skipped[key] for key in sorted(catalogue.skipped, key=_order)}
    return oids


# What a table has and no directive makes again.
_BEYOND = (
    "triggers",
    "rules",
    "row level security",
    "policies",
    "partitions and tables that inherit",
    "extended statistics",
    "privileges",
)
_OTHER_KINDS = {"v": "view", "m": "materialized view", "f": "foreign table"}


def _standalone(survey: Mapping[str, Iterable[Any]], catalogue: Catalogue, namer: _Namer) -> None:
    """Enter enum types and sequences; their source is the schema that they are in, named or not."""
    for schema, name, _visible, ours, labels in survey.get("enum", ()):
        if ours:
            key = namer.key(schema, name)
            catalogue.enums[key] = EnumType(*key, tuple(labels or ()), schema)
    for schema, name, type_text, *facts in survey.get("sequence", ()):
        key = namer.key(schema, name)
        catalogue.sequences[key] = SequenceShape(*key, records.sequence_options(type_text, facts), schema)
    catalogue.enums = {key: catalogue.enums[key] for key in sorted(catalogue.enums, key=_order)}
    catalogue.sequences = {key: catalogue.sequences[key] for key in sorted(catalogue.sequences, key=_order)}


def _elsewhere(survey: Mapping[str, Iterable[Any]], namer: _Namer) -> frozenset[TableKey]:
    """What later schemas of the search path have: the first of them is where new tables go."""
    (here,) = next(iter(survey["here"]))
    places = [(document[1], document[2]) for document in survey.get("relation", ())]
    places += [
        (document[0], document[1]) for kind in ("enum", "sequence") for document in survey.get(kind, ())
    ]
    keys = ((namer.key(*place), place[0]) for place in places)
    return frozenset(key for key, schema in keys if key[0] is None and schema != here)


def _ask_about_tables(
    connection: Connection, oids: Mapping[int, TableKey]
) -> Iterator[tuple[TableKey, Documents]]:
    version = version_of(connection)
    parameters = {"oids": _array(oids)}
    answers: list[dict[int, str]] = [
        dict(connection.execute(question(version), parameters).all())
        for question in (sql.columns, sql.constraints, sql.indexes)
    ]
    for oid, key in oids.items():
        # Decoded one table at a time, so that the texts can go.
        texts = [answer.pop(oid, None) for answer in answers]
        yield key, Documents(*(json.loads(each) if each else () for each in texts))


def version_of(connection: Connection) -> tuple[int, ...]:
    """The version of the server."""
    found: Any = connection.dialect.server_version_info
    return tuple(found or ())


def _array(oids: Iterable[int]) -> str:
    return "{" + ",".join(map(str, oids)) + "}"


def _order(key: TableKey) -> tuple[str, str]:
    return key[0] or "", key[1]
