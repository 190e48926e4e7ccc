"""From the documents of :mod:`.reflect_sql` to the dicts of SQLAlchemy's Inspector."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects.postgresql.base import RESERVED_WORDS
from sqlalchemy.types import Integer

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

    from ...schema.catalogue import TableRecord
    from ...schema.shapes import Options
    from .reflect import Surroundings


def column(document: Sequence[Any], surroundings: Surroundings) -> dict[str, Any]:
    """A column, with the extra keys ``format_type``, ``collation``, ``serial`` (its sequence), ``inherited``.

    A SERIAL column has no default: it counts by itself. Unlike SQLAlchemy's, the nullability and the default
    are the column's own, without those of its domain: they are what ALTER COLUMN changes.
    """
    (_, name, format_type, not_null, default, generated, identity, _, collation, comment,
     sequences, inherited) = document  # fmt: skip
    type_ = surroundings.types.read(format_type, collation and collation[1])
    record: dict[str, Any] = {
        "name": name,
        "type": type_,
        "nullable": not not_null,
        "default": default,
        "autoincrement": identity != "",
        "comment": comment,
        "format_type": format_type,
    }
    if generated:
        record["computed"] = {"sqltext": default, "persisted": generated == "s"}
        record["default"] = None
    elif identity:
        record["identity"] = _identity(identity, sequences)
    elif default is not None and default.startswith("nextval("):
        is_integer = issubclass(type_._type_affinity or object, Integer)
        record["autoincrement"] = is_integer
        for sequence in (sequences or ()) if is_integer else ():
            if default == f"nextval('{_quoted(sequence[0])}'::regclass)":
                record["serial"] = sequence[0]
                record["default"] = None
    if collation is not None:
        record["collation"] = _collation(collation)
    if inherited:
        record["inherited"] = True
    return record


def accepted_options(dialect: Dialect) -> dict[str, frozenset[str]]:
    """What this version of SQLAlchemy lets models say of PostgreSQL alone, by the kind of item.

    What it does not know can't be compared, and it refuses to reflect it.
    """
    known = dialect.construct_arguments or ()
    return {
        item.__name__: frozenset(f"{dialect.name}_{argument}" for argument in arguments)
        for item, arguments in known
    }


def add_constraint(
    record: TableRecord, document: Sequence[Any], names: Mapping[int, str], surroundings: Surroundings
) -> None:
    """Enter a constraint of any kind.

    :param names: the table's columns by number.
    """
    kind, name, numbers, definition, comment = document[:5]
    columns = [names[number] for number in numbers or () if number in names]
    match kind:
        case "p":
            record.primary_key = {"constrained_columns": columns, "name": name, "comment": comment}
            accepted = surroundings.accepted.get("PrimaryKeyConstraint", ())
            record.primary_key["dialect_options"] = _key_options(document, names, accepted)
        case "u":
            unique: dict[str, Any] = {"column_names": columns, "name": name, "comment": comment}
            unique |= _deferral(document)
            accepted = surroundings.accepted.get("UniqueConstraint", ())
            unique["dialect_options"] = _key_options(document, names, accepted)
            record.uniques.append(unique)
        case "f":
            record.foreign_keys.append(_foreign_key(document, columns, names, surroundings))
        case "c":
            record.checks.append(_check(document))
        case _:
            record.excludes.append(
                {"name": name, "text": definition, "comment": comment} | _deferral(document)
            )


def index(
    document: Sequence[Any],
    names: Mapping[int, str],
    collations: Mapping[int, int],
    surroundings: Surroundings,
) -> dict[str, Any]:
    """An index; ``orders`` tells by position what SQLAlchemy tells by name only.

    :param names: the table's columns by number.
    :param collations: the oids of their collations by number.
    """
    (name, unique, valid, constraint, method, numbers, keys, orders, opclasses, collation_oids,
     collation_names, expressions, predicate, nulls_not_distinct, storage, tablespace,
     comment) = document  # fmt: skip
    elements: list[str] = []
    columns: list[str | None] = []
    for position, number in enumerate(numbers[:keys]):
        collation = collation_oids[position]
        own = collations.get(number, 0) if number else 100
        element = names.get(number, "") if number else expressions[position]
        if collation not in (own, 0):
            quoted = quote_name(element) if number else f"({element})"
            name_of = collation_names[position] if collation_names else (None, "default")
            element = f"{quoted} COLLATE {_collation(name_of)}"
            columns.append(None)
        else:
            columns.append(element if number else None)
        elements.append(element)
    record: dict[str, Any] = {"name": name, "unique": unique, "column_names": columns}
    if None in columns:
        record["expressions"] = elements
    words = [_ORDERS[bits & 3] for bits in orders[: len(elements)]]
    if any(words):
        record["orders"] = words
        record["column_sorting"] = {
            element: each for element, each in zip(elements, words, strict=True) if each
        }
    if constraint:
        record["duplicates_constraint"] = name
    special = {
        element: surroundings.opclasses[oid]
        for element, oid in zip(elements, opclasses, strict=False)
        if oid in surroundings.opclasses
    }
    facts = {
        "postgresql_ops": special,
        "postgresql_with": storage_options(storage),
        "postgresql_using": method,
        "postgresql_where": predicate,
        "postgresql_tablespace": tablespace,
        "postgresql_nulls_not_distinct": nulls_not_distinct,
        "postgresql_include": [names.get(number, "") for number in numbers[keys:]],
        "postgresql_invalid": not valid,
    }
    accepted = surroundings.accepted["Index"]
    record["dialect_options"] = {name: value for name, value in facts.items() if value and name in accepted}
    if comment is not None:
        record["comment"] = comment
    return record


def table_options(
    document: Sequence[Any], accepted: Container[str]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What ``Inspector.get_table_options()`` tells, with ``prefixes`` (UNLOGGED); and what it can't.

    :returns: the options, and in words of SQL those that this version of SQLAlchemy has no name for.
    """
    persistence, storage, method, tablespace, partitioning, parents = document[5], *document[7:12]
    facts: dict[str, Any] = {
        "postgresql_using": method,
        "postgresql_inherits": tuple(parents) if parents else None,
        "postgresql_with": storage_options(storage),
        "postgresql_tablespace": tablespace,
        "postgresql_partition_by": partitioning,
    }
    known = {name: value for name, value in facts.items() if value}
    said = {name: value for name, value in known.items() if name in accepted}
    unsaid = tuple(
        name.removeprefix("postgresql_").replace("_", " ").upper() for name in known if name not in accepted
    )
    if persistence == "u":
        said["prefixes"] = ["UNLOGGED"]
    return said, unsaid


def storage_options(texts: Sequence[str] | None) -> dict[str, str]:
    """``WITH (…)`` of a table or an index."""
    return dict(text.split("=", 1) for text in texts or ())


def sequence_options(type_text: str, facts: Sequence[Any]) -> Options:
    """The options of a sequence that are not what CREATE SEQUENCE chooses by itself.

    :param facts: start, increment, minimum, maximum, cache, cycle.
    """
    start, increment, minimum, maximum, cache, cycle = facts
    limit = _LIMITS.get(type_text, _LIMITS["bigint"])
    usual = (1, limit) if increment > 0 else (-limit - 1, -1)
    said: dict[str, Any] = {
        "cache": None if cache == 1 else cache,
        "cycle": cycle or None,
        "data_type": None if type_text == "bigint" else type_text,
        "increment": None if increment == 1 else increment,
        "maxvalue": None if maximum == usual[1] else maximum,
        "minvalue": None if minimum == usual[0] else minimum,
        "start": None if start == (minimum if increment > 0 else maximum) else start,
    }
    return tuple((name, value) for name, value in said.items() if value is not None)


_LIMITS = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}


def written_type_name(schema: str | None, name: str, quote: Callable[[str], str]) -> set[str]:
    """How format_type() may write the name of a type, whose words are reserved for others than SQLAlchemy."""
    written = set()
    for of_name in (quote, quote_name):
        for of_schema in (quote, quote_name):
            written.add(f"{of_schema(schema)}.{of_name(name)}" if schema else of_name(name))
    return written


def quote_name(name: str) -> str:
    """The name, in double quotes if it needs them."""
    if _PLAIN_NAME.fullmatch(name) and name not in RESERVED_WORDS:
        return name
    return '"' + name.replace('"', '""') + '"'


_PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*")

# The bits of pg_index.indoption: 1 descending, 2 nulls first; each word only if it is not the default.
_ORDERS: tuple[tuple[str, ...], ...] = ((), ("desc", "nulls_last"), ("nulls_first",), ("desc",))


def _collation(names: Sequence[str | None]) -> str:
    """A collation as it stands after COLLATE, from its schema, None in the search path, and its name."""
    schema, name = names
    quoted = '"' + str(name).replace('"', '""') + '"'
    return f"{quote_name(schema)}.{quoted}" if schema else quoted


def _identity(kind: str, sequences: Sequence[Sequence[Any]] | None) -> dict[str, Any]:
    facts = {"always": kind == "a"}
    if sequences:
        names = ("start", "increment", "minvalue", "maxvalue", "cache", "cycle")
        facts |= dict(zip(names, sequences[0][1:], strict=True))
    return facts


def _key_options(
    document: Sequence[Any], names: Mapping[int, str], accepted: Container[str]
) -> dict[str, Any]:
    numbers, keys, nulls_not_distinct = (document[12] or ([], 0, False))[:3]
    options: dict[str, Any] = {"postgresql_include": [names.get(number, "") for number in numbers[keys:]]}
    if document[0] == "u":
        options["postgresql_nulls_not_distinct"] = nulls_not_distinct
    return {name: value for name, value in options.items() if value and name in accepted}


def _deferral(document: Sequence[Any]) -> dict[str, Any]:
    deferrable, deferred = document[5], document[6]
    said: dict[str, Any] = {"period": True} if document[11] else {}
    if deferrable:
        said["deferrable"] = True
    if deferred:
        said["initially"] = "DEFERRED"
    return said


def _foreign_key(
    document: Sequence[Any], columns: list[str], names: Mapping[int, str], surroundings: Surroundings
) -> dict[str, Any]:
    schema, table, visible, target_columns, on_update, on_delete, match, set_columns = document[12]
    ondelete = _ACTIONS[on_delete]
    if ondelete and set_columns:
        ondelete += f" ({', '.join(quote_name(names[number]) for number in set_columns)})"
    facts = {"onupdate": _ACTIONS[on_update], "ondelete": ondelete, "match": _MATCHES[match]}
    options = {name: value for name, value in facts.items() if value} | _deferral(document)
    options.pop("period", None)
    key = surroundings.key(schema, table, visible)
    record: dict[str, Any] = {
        "name": document[1],
        "constrained_columns": columns,
        "referred_schema": key[0],
        "referred_table": table,
        "referred_columns": target_columns,
        "options": options,
        "comment": document[4],
    }
    if not document[7]:
        record["dialect_options"] = {"postgresql_not_valid": True}
    return record


_ACTIONS = {"a": None, "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
_MATCHES = {"s": None, "f": "FULL", "p": "PARTIAL"}


def _check(document: Sequence[Any]) -> dict[str, Any]:
    definition = document[3].removesuffix(" NOT ENFORCED")
    not_valid = definition.endswith(" NOT VALID")
    definition = definition.removesuffix(" NOT VALID")
    definition = definition.removesuffix(" NO INHERIT")
    record: dict[str, Any] = {
        "name": document[1],
        "sqltext": _inside(definition.removeprefix("CHECK ")),
        "comment": document[4],
    }
    # SQLAlchemy hands all of this to CheckConstraint(), which knows nothing of NO INHERIT.
    if not_valid:
        record["postgresql_not_valid"] = True
    if document[9]:
        record["info"] = {"inherited": True}
    return record


def _inside(text: str) -> str:
    """``(…)`` without the parentheses that CHECK itself has."""
    return text[1:-1] if text.startswith("(") and text.endswith(")") else text


def _quoted(name: str) -> str:
    return name.replace("'", "''")
