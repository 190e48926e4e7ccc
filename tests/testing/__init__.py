"""What dialects build their tests with: alembic.testing beside its crash harness."""
