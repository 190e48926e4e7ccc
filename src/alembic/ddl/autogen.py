"""What a dialect's impl knows for comparing models with a database: its rules, and what others may override.

The comparison itself goes by the rules. The methods here are what applications and third-party dialects
override; an override is asked, and has the last word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

import sqlalchemy as sa

from .changes import Changes
from .comparison import ComparisonResult
from .ddl_text import ddl_text
from .rules import HOMES

if TYPE_CHECKING:
    from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Table, UniqueConstraint
    from sqlalchemy.engine import Dialect
    from sqlalchemy.engine.reflection import Inspector
    from sqlalchemy.sql import ClauseElement
    from sqlalchemy.types import TypeEngine

    from alembic.schema.rules import SchemaRules


class Params(NamedTuple):
    """A column type in parts: its first word, all words, and the arguments in parentheses."""

    token0: str
    tokens: list[str]
    args: list[str]
    kwargs: dict[str, str]


class Comparing:
    """The part of :class:`~alembic.ddl.impl.DefaultImpl` that autogenerate asks."""

    #: SQL of changes for which there is no directive.
    changes_class: ClassVar[type[Changes]] = Changes

    dialect: Dialect
    type_synonyms: tuple[set[str], ...]
    type_arg_extract: Sequence[str]
    identity_attrs_ignore: tuple[str, ...]

    @cached_property
    def rules(self) -> SchemaRules:
        """The dialect's rules, made once for this impl.

        A third-party dialect that builds on the impl of another has a catalogue of its own: unless its impl
        says otherwise, it gets the standard rules.
        """
        owner = next(each for each in type(self).__mro__ if "make_rules" in vars(each))
        served, name = getattr(owner, "__dialect__", ""), self.dialect.name
        if HOMES.get(served, served) != HOMES.get(name, name):
            return Comparing.make_rules(self)
        return self.make_rules()

    def make_rules(self) -> SchemaRules:
        """How this dialect reads its catalogue and spells what is compared; the standard answers."""
        from alembic.schema.rules import SchemaRules

        return SchemaRules(self.dialect)

    @cached_property
    def changes(self) -> Changes:
        """The dialect's SQL for what no directive does, made once for this impl."""
        return self.changes_class(self.dialect)

    @classmethod
    def is_overridden(cls, method: str) -> bool:
        """Whether an application or a third-party dialect has its own version of one of these methods."""
        owner = next(each for each in cls.__mro__ if method in each.__dict__)
        return not owner.__module__.startswith("alembic.")

    # -- columns -----------------------------------------------------------------------------------

    def tell(self, method: str, answer: bool, *compared: Any) -> None:
        """Have a method give this answer if it is asked next about exactly these objects.

        Autogenerate knows more of two columns than their types say; who asks in its course is to hear that.

        :param compared: the method's arguments.
        """
        self._answers[method] = answer, self._facts(compared)

    def _told(self, method: str, *compared: Any) -> bool | None:
        answer, known = self._answers.get(method, (None, ()))
        asked = self._facts(compared)
        same = len(asked) == len(known) and all(a is b for a, b in zip(asked, known, strict=True))
        return answer if same else None

    @staticmethod
    def _facts(compared: tuple[Any, ...]) -> tuple[Any, ...]:
        """What would make another question of it if it was replaced."""
        columns = (each for each in compared if isinstance(each, sa.Column))
        return (*compared, *(fact for each in columns for fact in (each.type, each.server_default)))

    @cached_property
    def _answers(self) -> dict[str, tuple[bool | None, tuple[Any, ...]]]:
        return {}

    def compare_type(self, inspector_column: Column[Any], metadata_column: Column[Any]) -> bool:
        """Whether the types of two columns differ.

        Called by an override or an option ``compare_type``, that is what autogenerate would say of these
        columns. Of others it is whether the types are spelled otherwise, as far as the dialect's rules spell
        types canonically. For other dialects the texts are compared part by part, with ``type_synonyms``;
        parts that only one of them names are left out.

        :param inspector_column: the database's.
        """
        told = self._told("compare_type", inspector_column, metadata_column)
        if told is not None:
            return told
        rules = self.rules
        if rules.exact:
            return rules.types_differ(inspector_column, metadata_column)
        present = self._tokenize_column_type(inspector_column)
        wanted = self._tokenize_column_type(metadata_column)
        return not (self._column_types_match(present, wanted) and self._column_args_match(present, wanted))

    def _tokenize_column_type(self, column: Column[Any]) -> Params:
        """The parts of a column's type as CREATE TABLE has it, in lower case."""
        definition = self.rules.compiled_type(column.type).lower()
        kwargs = {}
        for pattern in self.type_arg_extract:
            found = re.search(pattern, definition)
            if found is not None:
                kwargs[pattern] = found.group(1)
                definition = (definition[: found.start()] + definition[found.end() :]).strip()
        parentheses = re.search(r"\((.*?)\)", definition)
        words = re.findall(r"[\w\-]+", re.sub(r"\(.*?\)", " ", definition))
        args = re.split(r"\s*,\s*", parentheses.group(1).strip()) if parentheses else []
        return Params(words[0] if words else "", words[1:], args, kwargs)

    def _column_types_match(self, inspector_params: Params, metadata_params: Params) -> bool:
        """Whether two types have the same name, or names that are synonyms."""
        if inspector_params.token0 == metadata_params.token0:
            return True
        present, wanted = _names(inspector_params), _names(metadata_params)
        known = ({name.lower() for name in synonyms} for synonyms in self.type_synonyms)
        return any(present & synonyms and wanted & synonyms for synonyms in known)

    def _column_args_match(self, inspected_params: Params, meta_params: Params) -> bool:
        """Whether two types have the same further words and arguments, as far as both name some."""
        present, wanted = inspected_params, meta_params
        if len(present.tokens) == len(wanted.tokens) and present.tokens != wanted.tokens:
            return False
        if len(present.args) == len(wanted.args) and present.args != wanted.args:
            return False
        common = present.kwargs.keys() & wanted.kwargs.keys()
        return all(present.kwargs[key] == wanted.kwargs[key] for key in common)

    def compare_server_default(
        self,
        inspector_column: Column[Any],
        metadata_column: Column[Any],
        rendered_metadata_default: str | None,
        rendered_inspector_default: str | None,
    ) -> bool:
        """Whether the server defaults of two columns differ, in the spelling of the dialect's rules.

        :param inspector_column: the database's.
        :param rendered_metadata_default: a string as it is, anything else as SQL; the column tells which.
        :param rendered_inspector_default: SQL.
        """
        rendered = rendered_metadata_default, rendered_inspector_default
        told = self._told("compare_server_default", inspector_column, metadata_column, *rendered)
        if told is not None:
            return told
        rules = self.rules
        wanted = rules.default_sql(metadata_column)
        if wanted is None:
            wanted = rendered_metadata_default
        present_type = rules.type_text(inspector_column.type)
        wanted_type = rules.type_text(metadata_column.type)
        return rules.default(rendered_inspector_default, present_type) != rules.default(wanted, wanted_type)

    def _compare_identity_default(
        self, metadata_identity: sa.Identity | None, inspector_identity: sa.Identity | None
    ) -> tuple[set[str], set[str], bool]:
        """What differs between two identities.

        :returns: the options that differ; those that differ but are ignored, by ``identity_attrs_ignore``;
            whether the column is to be altered.
        """
        if metadata_identity is None:
            return set(), set(), inspector_identity is not None
        wanted = _identity_facts(metadata_identity)
        present = _identity_facts(inspector_identity) if inspector_identity is not None else {}
        differing = {key for key in wanted.keys() | present.keys() if wanted.get(key) != present.get(key)}
        ignored = differing.intersection(self.identity_attrs_ignore)
        return differing - ignored, ignored, inspector_identity is None or bool(differing - ignored)

    def _normalize_computed_default(self, sqltext: str) -> str:
        """A computed expression with nothing left but its words and signs, in lower case."""
        return re.sub(r"[ \(\)'\"`\[\]\t\r\n]", "", sqltext).lower()

    # -- indexes and constraints -------------------------------------------------------------------

    def compare_indexes(self, metadata_index: Index, reflected_index: Index) -> ComparisonResult:
        """Whether two indexes of the same name are the same otherwise."""
        reasons = [*_unique_changes(metadata_index, reflected_index)]
        present, wanted = self._elements(reflected_index), self._elements(metadata_index)
        if present != wanted:
            reasons.append(f"expression {present} to {wanted}")
        return ComparisonResult.Different(reasons) if reasons else ComparisonResult.Equal()

    def compare_unique_constraint(
        self, metadata_constraint: UniqueConstraint, reflected_constraint: UniqueConstraint
    ) -> ComparisonResult:
        """Whether two UNIQUE constraints are over the same columns."""
        present = sorted(column.name for column in reflected_constraint.columns)
        wanted = sorted(column.name for column in metadata_constraint.columns)
        if present == wanted:
            return ComparisonResult.Equal()
        return ComparisonResult.Different(f"expression {tuple(present)} to {tuple(wanted)}")

    def compare_check_constraint(
        self, metadata_constraint: CheckConstraint, reflected_constraint: CheckConstraint
    ) -> ComparisonResult:
        """Whether two CHECK constraints of the same name say the same."""
        present = self.rules.model_text(reflected_constraint.sqltext)
        wanted = self.rules.model_text(metadata_constraint.sqltext)
        if present == wanted:
            return ComparisonResult.Equal()
        return ComparisonResult.Different(f"condition {present} to {wanted}")

    def _elements(self, index: Index) -> tuple[str, ...]:
        shape = self.rules.model_index(index)
        return shape.elements if shape is not None else ()

    def correct_for_autogen_constraints(
        self,
        conn_uniques: set[UniqueConstraint],
        conn_indexes: set[Index],
        metadata_unique_constraints: set[UniqueConstraint],
        metadata_indexes: set[Index],
    ) -> None:
        """Take out of these sets what is not to be compared; nothing here, the dialect's rules do that."""

    def correct_for_autogen_foreignkeys(
        self, conn_fks: set[ForeignKeyConstraint], metadata_fks: set[ForeignKeyConstraint]
    ) -> None:
        """Take out of these sets what is not to be compared; nothing here, the dialect's rules do that."""

    def _skip_functional_indexes(self, metadata_indexes: set[Index], conn_indexes: set[Index]) -> None:
        """Take indexes over expressions out of both sets."""
        functional = {index for index in metadata_indexes if _is_functional(index)}
        names = {index.name for index in functional}
        metadata_indexes -= functional
        conn_indexes -= {index for index in conn_indexes if index.name in names}

    # -- reflecting and rendering ------------------------------------------------------------------

    def autogen_column_reflect(self, inspector: Inspector, table: Table, column_info: dict[str, Any]) -> None:
        """Called for each column of a table that is read, as SQLAlchemy's event ``column_reflect``."""

    def adjust_reflected_dialect_options(self, reflected_object: Any, kind: str) -> dict[str, Any]:
        """The dialect's options of a reflected index or constraint, as its operation is to have them.

        :param kind: "index", "unique_constraint" and so on.
        """
        options: dict[str, Any] = dict(reflected_object.get("dialect_options", {}))
        return options

    def render_ddl_sql_expr(self, expr: ClauseElement, is_server_default: bool = False, **kw: Any) -> str:
        """SQL of an expression as a migration's text has it: values written out, columns without table."""
        return ddl_text(expr, self.dialect)

    def render_type(self, type_obj: TypeEngine[Any], autogen_context: Any) -> str | Literal[False] | None:
        """Python for a type; False to have it rendered as usual."""
        return False


def _names(params: Params) -> set[str]:
    return {params.token0, " ".join([params.token0, *params.tokens])}


def _identity_facts(identity: sa.Identity) -> dict[str, Any]:
    names = ("always", "on_null", "start", "increment", "minvalue", "maxvalue")
    more = ("nominvalue", "nomaxvalue", "cycle", "cache", "order")
    facts = {name: getattr(identity, name, None) for name in (*names, *more)}
    return {name: value for name, value in facts.items() if value not in (None, False)}


def _unique_changes(metadata_index: Index, reflected_index: Index) -> Iterator[str]:
    present, wanted = bool(reflected_index.unique), bool(metadata_index.unique)
    if present != wanted:
        yield f"unique={present} to unique={wanted}"


def _is_functional(index: Index) -> bool:
    return not all(isinstance(part, sa.Column) for part in index.expressions)
