"""Connects to the database and lets Alembic run the migrations on it."""

from logging.config import fileConfig

from sqlalchemy import engine_from_config, pool

from alembic import context

config = context.config

# Logging as the ini file says, leaving the loggers of your application as they are.
if config.config_file_name and config.file_config.has_section("loggers"):
    fileConfig(config.config_file_name, disable_existing_loggers=False)

# What `alembic revision --autogenerate` and `alembic check` compare the database with:
#     from myapp.models import Base
#     target_metadata = Base.metadata
target_metadata = None


def offline() -> None:
    """Write the SQL out (--sql). The URL only tells the kind of database."""
    context.configure(
        url=config.get_main_option("sqlalchemy.url"),
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
        target_metadata=target_metadata,
    )
    with context.begin_transaction():
        context.run_migrations()


def online() -> None:
    """Migrate the database itself."""
    settings = config.get_section(config.config_ini_section, {})
    engine = engine_from_config(settings, prefix="sqlalchemy.", poolclass=pool.NullPool)

    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=target_metadata)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    offline()
else:
    online()
