"""What a dialect's impl knows for comparing models with a database: its rules, and the contract's hooks."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from alembic.schema.rules import SchemaRules

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect


class Params(NamedTuple):
    """A column type in parts: its first word, all words, and the arguments in parentheses."""

    token0: str
    tokens: list[str]
    args: list[str]
    kwargs: dict[str, str]


class Comparing:
    """The part of :class:`~alembic.ddl.impl.DefaultImpl` that autogenerate asks."""

    #: How this dialect reads its catalogue and spells what is compared.
    rules_class: ClassVar[type[SchemaRules]] = SchemaRules

    dialect: Dialect

    @cached_property
    def rules(self) -> SchemaRules:
        """The dialect's rules, made once for this impl."""
        return self.rules_class(self.dialect)
