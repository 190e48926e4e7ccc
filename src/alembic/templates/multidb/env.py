"""Connects to several databases and lets Alembic run the migrations on each of them."""

import logging
import re
from contextlib import ExitStack
from logging.config import fileConfig

from sqlalchemy import engine_from_config, pool

from alembic import context

config = context.config

# Logging as the ini file says, leaving the loggers of your application as they are.
if config.config_file_name and config.file_config.has_section("loggers"):
    fileConfig(config.config_file_name, disable_existing_loggers=False)
logger = logging.getLogger("alembic.env")

# True makes the databases commit together in two phases (PREPARE, then COMMIT); all of
# them have to be able to.
TWO_PHASE = False

# What `alembic revision --autogenerate` and `alembic check` compare each database with:
#     from myapp import accounts, billing
#     target_metadata = {"engine1": accounts.metadata, "engine2": billing.metadata}
target_metadata = {}

# The databases. Each has a section of its name in the ini file, and a pair of functions
# in every revision file.
names = re.split(r"[,\s]+", config.get_main_option("databases", "").strip())


def settings_of(name: str) -> dict:
    """The parts of configure() that differ between the databases."""
    return {
        "upgrade_token": f"{name}_upgrades",
        "downgrade_token": f"{name}_downgrades",
        "target_metadata": target_metadata.get(name),
    }


def offline() -> None:
    """Write the SQL for each database into a file of its own, <name>.sql (--sql)."""
    for name in names:
        logger.info("Writing SQL for %s to %s.sql", name, name)
        with open(f"{name}.sql", "w", encoding="utf-8") as file:
            context.configure(
                url=config.get_section_option(name, "sqlalchemy.url"),
                output_buffer=file,
                literal_binds=True,
                dialect_opts={"paramstyle": "named"},
                **settings_of(name),
            )
            with context.begin_transaction():
                context.run_migrations(engine_name=name)


def online() -> None:
    """Migrate the databases. If one fails, all are rolled back, as far as they can be."""
    with ExitStack() as open_connections:
        connections = {}
        for name in names:
            engine = engine_from_config(
                config.get_section(name, {}), prefix="sqlalchemy.", poolclass=pool.NullPool
            )
            connections[name] = open_connections.enter_context(engine.connect())
        transactions = [
            connection.begin_twophase() if TWO_PHASE else connection.begin()
            for connection in connections.values()
        ]

        for name, connection in connections.items():
            logger.info("Migrating database %s", name)
            context.configure(connection=connection, **settings_of(name))
            context.run_migrations(engine_name=name)

        if TWO_PHASE:
            for transaction in transactions:
                transaction.prepare()
        for transaction in transactions:
            transaction.commit()


if context.is_offline_mode():
    offline()
else:
    online()
