"""What the suite asks of a database; a dialect overrides what is otherwise for it."""

from __future__ import annotations

import sys
from typing import Any

import sqlalchemy
from sqlalchemy import testing
from sqlalchemy.testing.requirements import Requirements

_rules: Any = testing.exclusions  # it has no type hints


class SuiteRequirements(Requirements):
    """The needs of tests, as a dialect without any particulars has them.

    Put it before ``sqlalchemy.testing.requirements.SuiteRequirements`` among the bases of your own.
    """

    # -- structure -------------------------------------------------------------------------------------

    @property
    def schemas(self) -> Any:
        """There is a second schema, ``test_schema``."""
        return _rules.open()

    @property
    def sequences(self) -> Any:
        """There are sequences."""
        return _rules.only_if([lambda config: config.db.dialect.supports_sequences], "no sequences")

    @property
    def materialized_views(self) -> Any:
        """There are materialized views."""
        return _rules.closed()

    @property
    def comments(self) -> Any:
        """Tables and columns have comments."""
        return _rules.only_if(lambda config: config.db.dialect.supports_comments, "no comments")

    @property
    def computed_columns(self) -> Any:
        """There are computed columns, and they are reflected."""
        return _rules.closed()

    @property
    def computed_columns_warn_no_persisted(self) -> Any:
        """Computed columns that are not stored are unknown, and SQLAlchemy warns."""
        return _rules.only_on("postgresql<18") + _rules.only_if(_is_sqlalchemy_2_0, "it does not warn")

    @property
    def identity_columns(self) -> Any:
        """There are identity columns, and they are reflected."""
        return _rules.closed()

    @property
    def identity_columns_alter(self) -> Any:
        """A column may become one, and cease to be one."""
        return _rules.closed()

    @property
    def autoincrement_on_composite_pk(self) -> Any:
        """One column of a primary key of several may be numbered by the database."""
        return _rules.closed()

    @property
    def integer_subtype_comparisons(self) -> Any:
        """Integers of several sizes are told apart."""
        return _rules.open()

    # -- constraints -----------------------------------------------------------------------------------

    @property
    def unique_constraint_reflection(self) -> Any:
        """Unique constraints are reflected."""
        return _rules.skip_if(
            lambda config: not hasattr(config.db.dialect, "get_unique_constraints"), "they are not"
        )

    @property
    def check_constraint_reflection(self) -> Any:
        """Check constraints are reflected."""
        return _rules.open()

    @property
    def check_constraints_w_enforcement(self) -> Any:
        """Check constraints are heeded."""
        return _rules.open()

    @property
    def reflects_pk_names(self) -> Any:
        """Primary keys are reflected with their names."""
        return _rules.closed()

    @property
    def foreign_key_match(self) -> Any:
        """Foreign keys have MATCH."""
        return _rules.open()

    @property
    def foreign_key_constraint_reflection(self) -> Any:
        """Foreign keys are reflected."""
        return _rules.open()

    @property
    def foreign_key_name_reflection(self) -> Any:
        """They are with their names."""
        return _rules.open()

    @property
    def fk_names(self) -> Any:
        """Foreign keys have names."""
        return _rules.open()

    @property
    def reflects_fk_options(self) -> Any:
        """Foreign keys are reflected with their rules."""
        return _rules.closed()

    @property
    def fk_onupdate(self) -> Any:
        """There is ON UPDATE."""
        return _rules.open()

    @property
    def fk_onupdate_restrict(self) -> Any:
        """There is ON UPDATE RESTRICT."""
        return _rules.open()

    @property
    def fk_onupdate_is_reflected(self) -> Any:
        """ON UPDATE is reflected."""
        return _rules.closed()

    @property
    def fk_ondelete_restrict(self) -> Any:
        """There is ON DELETE RESTRICT."""
        return _rules.open()

    @property
    def fk_ondelete_noaction(self) -> Any:
        """There is ON DELETE NO ACTION."""
        return _rules.open()

    @property
    def fk_ondelete_is_reflected(self) -> Any:
        """ON DELETE is reflected."""
        return _rules.closed()

    @property
    def fk_initially(self) -> Any:
        """There is INITIALLY."""
        return _rules.closed()

    @property
    def fk_deferrable(self) -> Any:
        """There is DEFERRABLE."""
        return _rules.closed()

    @property
    def fk_deferrable_is_reflected(self) -> Any:
        """DEFERRABLE is reflected."""
        return _rules.closed()

    # -- behaviour -------------------------------------------------------------------------------------

    @property
    def alter_column(self) -> Any:
        """Columns can be altered."""
        return _rules.open()

    @property
    def autocommit_isolation(self) -> Any:
        """The driver has an isolation level AUTOCOMMIT."""
        return _rules.closed()

    @property
    def no_name_normalize(self) -> Any:
        """Names are stored as they are written."""
        return _rules.skip_if(lambda config: config.db.dialect.requires_name_normalize, "they are not")

    @property
    def asyncio(self) -> Any:
        """The driver is an asynchronous one, or can be made one."""
        return _rules.only_if(lambda config: config.db.dialect.is_async, "it is not asynchronous")

    # -- surroundings ----------------------------------------------------------------------------------

    @property
    def windows(self) -> Any:
        """Tests run on Windows."""
        return _rules.only_if(lambda: sys.platform == "win32", "this is no Windows")

    @property
    def sqlalchemy_2_1(self) -> Any:
        """SQLAlchemy is 2.1 or later."""
        return _rules.skip_if(_is_sqlalchemy_2_0, "SQLAlchemy 2.1 is needed")

    @property
    def sqlalchemy_copies_fk_ck_dialect_kwargs(self) -> Any:
        """Copies of foreign keys and check constraints keep their options for dialects."""
        return _rules.only_if(lambda: not _is_sqlalchemy_2_0(), "they don't")


def _is_sqlalchemy_2_0(config: Any = None) -> bool:
    return sqlalchemy.__version__.startswith("2.0.")
