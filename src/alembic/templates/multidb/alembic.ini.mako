# Settings of Alembic.
# %(here)s stands for the folder of this file; write %% for a percent sign.

[alembic]
# The folder of env.py and the revision files. package:folder means one inside an
# installed package.
script_location = ${script_location}

# Where the modules that env.py imports are found, besides the installed ones.
prepend_sys_path = .

# What separates several paths in one value: os (which is : or, on Windows, ;), space,
# newline, : or ;
path_separator = os

# The folders of revision files, if not versions alone, and whether to look into the
# folders below them.
# version_locations = ${script_location}/versions
# recursive_version_locations = false

# Names of new revision files, made of rev, slug, epoch, year, month, day, hour, minute
# and second.
# file_template = %%(year)d_%%(month).2d_%%(day).2d_%%(rev)s_%%(slug)s
# truncate_slug_length = 40

# Zone of the creation date in new files; local time without one.
# timezone = UTC

# Encoding of new revision files.
# output_encoding = utf-8

# Whether every `alembic revision` runs env.py, not only --autogenerate.
# revision_environment = false

# Whether compiled revision files count where the source is missing.
# sourceless = false

# The databases; each has a section of its own below.
databases = engine1, engine2

[engine1]
sqlalchemy.url = dialect+driver://user:password@host/database1

[engine2]
sqlalchemy.url = dialect+driver://user:password@host/database2

# Tools to run on each new revision file, in this order. The type says what the tool is:
# exec (an executable), module (as for python -m) or console_scripts (an entrypoint).
# REVISION_SCRIPT_FILENAME in the options stands for the file.
# [post_write_hooks]
# hooks = ruff
# ruff.type = exec
# ruff.executable = ruff
# ruff.options = format REVISION_SCRIPT_FILENAME

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
