"""Each revision's upgrade and downgrade as an SQL script: `python offline.py INI URL`, in either environment.

Prints a JSON object: what was asked for, and the script, or the error when the revision can't do without a
database.
"""

import io
import json
import sys

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory


def script(ini: str, url: str, run: object, span: str) -> str:
    buffer = io.StringIO()
    config = Config(ini, output_buffer=buffer)
    config.set_main_option("sqlalchemy.url", url)
    try:
        run(config, span, sql=True)  # type: ignore[operator]
    except BaseException as error:
        return f"failed: {type(error).__name__}"
    return buffer.getvalue()


def main(ini: str, url: str) -> None:
    found = {}
    for revision in ScriptDirectory.from_config(Config(ini)).walk_revisions():
        below = revision.down_revision or "base"
        up, down = f"{below}:{revision.revision}", f"{revision.revision}:{below}"
        found[f"upgrade {up}"] = script(ini, url, command.upgrade, up)
        found[f"downgrade {down}"] = script(ini, url, command.downgrade, down)
    print(json.dumps(found))


main(sys.argv[1], sys.argv[2])
