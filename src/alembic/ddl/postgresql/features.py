"""What PostgreSQL can do."""

from __future__ import annotations

from ..features import EVERY_CONSTRAINT, Features

# With 100 rows to a statement psycopg needs a ninth of the time that it needs for them one by one.
# A wider VARCHAR is a change of the catalogue only (release notes of 9.2).
POSTGRESQL = Features(widens_varchar=True, rows_per_statement=100, shared_constraint_names=EVERY_CONSTRAINT)
