"""SQLAlchemy's test plugin, made ready for tests that are built on :mod:`alembic.testing`."""
