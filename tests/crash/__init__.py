"""Migrations that are killed at every point, by alembic.testing.crash."""
