<%! from json import dumps %>\
[tool.alembic]
# Settings of Alembic.
# %(here)s stands for the folder of this file; write %% for a percent sign.

# The folder of env.py and the revision files. package:folder means one inside an
# installed package.
script_location = ${dumps(script_location, ensure_ascii=False)}

# Where the modules that env.py imports are found, besides the installed ones.
prepend_sys_path = ["."]

# The folders of revision files, if not versions alone, and whether to look into the
# folders below them.
# version_locations = [${dumps(script_location + "/versions", ensure_ascii=False)}]
# recursive_version_locations = false

# Names of new revision files, made of rev, slug, epoch, year, month, day, hour, minute
# and second.
# file_template = "%%(year)d_%%(month).2d_%%(day).2d_%%(rev)s_%%(slug)s"
# truncate_slug_length = 40

# Zone of the creation date in new files; local time without one.
# timezone = "UTC"

# Encoding of new revision files.
# output_encoding = "utf-8"

# Whether every `alembic revision` runs env.py, not only --autogenerate.
# revision_environment = false

# Whether compiled revision files count where the source is missing.
# sourceless = false

# Tools to run on each new revision file, in this order. The type says what the tool is:
# exec (an executable), module (as for python -m) or console_scripts (an entrypoint).
# REVISION_SCRIPT_FILENAME in the options stands for the file.
# [[tool.alembic.post_write_hooks]]
# name = "ruff"
# type = "exec"
# executable = "ruff"
# options = "format REVISION_SCRIPT_FILENAME"
