"""What a database can do, asked instead of its name."""

from __future__ import annotations

from dataclasses import dataclass

OUTSIDE_OF_INDEXES = frozenset(
    f"{kind}_constraint" for kind in ("foreign_key", "check", "table_or_column_check")
)
EVERY_CONSTRAINT = OUTSIDE_OF_INDEXES | {"unique_constraint", "exclude_constraint", "primary_key_constraint"}


@dataclass(frozen=True, slots=True)
class Features:
    """The abilities of one database that the rest of the package asks about.

    The defaults are the standard answers, those that an unknown database gets: it can ALTER, it understands
    every IF [NOT] EXISTS, and nothing is emulated for it.

    :param atomic_step: DDL is transactional, but only if BEGIN is sent explicitly: the runner wraps each step
        in a transaction of its own, even though ``transactional_ddl`` is publicly False.
    :param limits_varchar: a string longer than its VARCHAR(n) column is refused or cut.
    :param widens_varchar: ALTER TABLE makes a VARCHAR(n) column wider without a risk, also where it is the
        primary key.
    :param rows_per_statement: so many rows of a bulk insert share one statement, if the driver gains by it.
    :param alters_constraints: ALTER TABLE can add and drop constraints.
    :param alters_columns: ALTER TABLE can change type, nullability and default of a column.
    :param comments: tables and columns can have comments.
    :param create_table_if_not_exists: CREATE TABLE accepts IF NOT EXISTS; so for the others of this shape.
        Where it is False the condition is looked up in the catalogue before the statement.
    :param shared_constraint_names: kinds of constraints that can't have a name which another table's one has.
    :param references_follow_rename: a foreign key refers to a table, not to whatever has its name.
    :param indexes_lose_columns: a column that is dropped leaves the indexes that have others too; elsewhere
        these are dropped with it.
    :param restates_columns: what is said of a column as ``existing_…`` is written when something else of it
        changes, and so becomes true.
    :param keys_are_not_null: what becomes part of a primary key becomes NOT NULL.
    :param types_bring_collations: a column gets the collation of its new type, or the default one; elsewhere
        it keeps its own unless one is mentioned.
    :param foreign_keys_make_indexes: an index is made for a foreign key that finds none, and stays when the
        key is dropped.
    :param own_keys_wait: a foreign key of a table to itself needs an index that is there before, and rows in
        the order of the key: it is made when a new table has both.
    """

    atomic_step: bool = False
    limits_varchar: bool = True
    widens_varchar: bool = False
    rows_per_statement: int = 1
    alters_constraints: bool = True
    alters_columns: bool = True
    comments: bool = True
    create_table_if_not_exists: bool = True
    drop_table_if_exists: bool = True
    add_column_if_not_exists: bool = True
    drop_column_if_exists: bool = True
    create_index_if_not_exists: bool = True
    drop_index_if_exists: bool = True
    drop_constraint_if_exists: bool = True
    shared_constraint_names: frozenset[str] = OUTSIDE_OF_INDEXES
    references_follow_rename: bool = True
    indexes_lose_columns: bool = False
    restates_columns: bool = False
    keys_are_not_null: bool = True
    types_bring_collations: bool = True
    foreign_keys_make_indexes: bool = False
    own_keys_wait: bool = False


STANDARD = Features()
