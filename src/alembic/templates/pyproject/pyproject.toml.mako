<%! from json import dumps %>\
[tool.alembic]
# Settings of Alembic. %(here)s stands for the folder of this file; write %% for a percent sign.

# The folder of env.py and the revision files; package:folder means a folder inside an installed package.
script_location = ${dumps(script_location, ensure_ascii=False)}

# Where the modules that env.py imports are found, besides the installed ones.
prepend_sys_path = ["."]

# More folders of revision files, if there are several, and whether to look into the folders below them.
# version_locations = [${dumps(script_location + "/versions", ensure_ascii=False)}]
# recursive_version_locations = false

# Names of new revision files, made of: rev slug epoch year month day hour minute second
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

# Tools to run on each new revision file, in this order. The type is exec (executable), module (module, as with
# python -m) or console_scripts (entrypoint); REVISION_SCRIPT_FILENAME in the options stands for the file.
# [[tool.alembic.post_write_hooks]]
# name = "ruff"
# type = "exec"
# executable = "ruff"
# options = "format REVISION_SCRIPT_FILENAME"
