"""What SQLite can do: https://www.sqlite.org/lang_altertable.html."""

from __future__ import annotations

from ..features import Features

SQLITE = Features(
    atomic_step=True,
    limits_varchar=False,
    alters_constraints=False,
    alters_columns=False,
    comments=False,
    add_column_if_not_exists=False,
    drop_column_if_exists=False,
    shared_constraint_names=frozenset(),
    references_follow_rename=False,
    keys_are_not_null=False,
    types_bring_collations=False,
)
