# What belongs to this machine: the database and logging. The other settings are in
# pyproject.toml; one that stands here, too, wins.
# %(here)s stands for the folder of this file; write %% for a percent sign.

[alembic]
# Which database, as a SQLAlchemy URL. Other sqlalchemy.* keys go to create_engine().
sqlalchemy.url = dialect+driver://user:password@host/database

# Logging, as the module logging.config of Python reads it; env.py applies it.

[loggers]
keys = root, sqlalchemy, alembic

[handlers]
keys = stderr

[formatters]
keys = brief

[logger_root]
level = WARNING
handlers = stderr

# Level INFO shows every statement.
[logger_sqlalchemy]
qualname = sqlalchemy.engine
level = WARNING
handlers =

[logger_alembic]
qualname = alembic
level = INFO
handlers =

[handler_stderr]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = brief

[formatter_brief]
format = %(levelname)-5.5s [%(name)s] %(message)s
datefmt = %H:%M:%S
