"""A migration environment in a directory for the duration of a test."""

from __future__ import annotations

import os
import shutil
import textwrap
from pathlib import Path
from typing import Any

from .. import command
from ..config import Config
from ..script import Script, ScriptDirectory
from .util import testing_engine

_LOGGING = """
[loggers]
keys = root

[handlers]
keys = stderr

[formatters]
keys = plain

[logger_root]
level = WARNING
handlers = stderr

[handler_stderr]
class = StreamHandler
args = (sys.stderr,)
formatter = plain

[formatter_plain]
format = %%(levelname)s [%%(name)s] %%(message)s
"""

_REVISION = '''\
"""{message}"""

revision = {revision!r}
down_revision = {down!r}

from alembic import op


def upgrade():
    op.execute("CREATE STEP {step}")


def downgrade():
    op.execute("DROP STEP {step}")
'''


# -- places -------------------------------------------------------------------------------------------


def _get_staging_directory() -> str:
    """The directory's name, another one for each worker of a test run that is spread."""
    from sqlalchemy.testing import provision

    follower = provision.FOLLOWER_IDENT
    return f"scratch_{follower}" if follower else "scratch"


def _inside(*names: str) -> Path:
    return Path(_get_staging_directory(), *names)


def staging_env(
    create: bool = True, template: str = "generic", sourceless: bool | str = False
) -> ScriptDirectory:
    """A new environment, of a template.

    :param create: False: the one that there is.
    :param sourceless: compile env.py and delete it.
    """
    config = _testing_config()
    if create:
        location = _inside("scripts")
        shutil.rmtree(location, ignore_errors=True)
        command.init(config, str(location), template=template)
        if sourceless:
            make_sourceless(str(location / "env.py"), _style(sourceless))
    return ScriptDirectory(str(_inside("scripts").absolute()), sourceless=bool(sourceless))


def clear_staging_env() -> None:
    """Delete the directory, and let go of the databases in it."""
    from sqlalchemy.testing import engines

    reaper: Any = engines.testing_reaper
    reaper.close_all()
    shutil.rmtree(_get_staging_directory(), ignore_errors=True)


def _style(sourceless: bool | str) -> str:
    return sourceless if isinstance(sourceless, str) else "simple"


# -- configurations -----------------------------------------------------------------------------------


def _testing_config() -> Config:
    """A Config of ``test_alembic.ini`` in the directory, which need not exist yet."""
    _inside().mkdir(exist_ok=True)
    return Config(str(_inside("test_alembic.ini")), str(_inside("pyproject.toml")))


def _write_config_file(text: str) -> Config:
    config = _testing_config()
    assert config.config_file_name is not None
    Path(config.config_file_name).write_text(text, "utf-8")
    return config


def _write_toml_config(tomltext: str, initext: str) -> Config:
    config = _write_config_file(initext)
    _inside("pyproject.toml").write_text(tomltext, "utf-8")
    return config


def _ini(url: str, directives: str = "", *, location: str | None = "scripts") -> str:
    lines = ["[alembic]"]
    if location is not None:
        lines.append(f"script_location = {_inside(location).as_posix()}")
    lines += [f"sqlalchemy.url = {url}", textwrap.dedent(directives)]
    return "\n".join(lines) + "\n" + _LOGGING.replace("%%", "%")


def _file_url(name: str = "foo.db") -> str:
    return f"sqlite:///{_inside('scripts', name).as_posix()}"


def _sqlite_file_db(tempname: str = "foo.db", scope: str | None = None, **options: Any) -> Any:
    """An engine on a SQLite file in the directory, that is disposed of after the test."""
    if scope is not None:
        options["scope"] = scope
    return testing_engine(url=_file_url(tempname), options=options)


def _sqlite_testing_config(sourceless: bool | str = False) -> Config:
    """A Config of an environment on a SQLite file."""
    said = "true" if sourceless else "false"
    return _write_config_file(_ini(_file_url(), f"sourceless = {said}"))


def _multi_dir_testing_config(sourceless: bool | str = False, extra_version_location: str = "") -> Config:
    """A Config of an environment with three directories of revisions, and more if told so."""
    here = "%(here)s"
    places = " ".join(f"{here}/model{number}/" for number in (1, 2, 3))
    said = "true" if sourceless else "false"
    return _write_config_file(
        _ini(
            _file_url(),
            f"""
            sourceless = {said}
            path_separator = space
            version_locations = {places} {extra_version_location}
            """,
        )
    )


def _no_sql_testing_config(dialect: str = "postgresql", directives: str = "") -> Config:
    """A Config of an environment for scripts, without any database."""
    return _write_config_file(_ini(f"{dialect}://", directives))


def _no_sql_pyproject_config(dialect: str = "postgresql", directives: str = "") -> Config:
    """The same with its options in pyproject.toml."""
    location = _inside("scripts").as_posix()
    toml = f"[tool.alembic]\nscript_location = {location!r}\n{textwrap.dedent(directives)}\n"
    return _write_toml_config(toml, _ini(f"{dialect}://", location=None))


def _multidb_testing_config(engines: dict[str, Any]) -> Config:
    """A Config of an environment of several databases, by their names."""
    names = ", ".join(engines)
    databases = "".join(
        f"\n[{name}]\nsqlalchemy.url = {engine.url.render_as_string(hide_password=False)}\n"
        for name, engine in engines.items()
    )
    said = f"sourceless = false\ndatabases = {names}"
    return _write_config_file(_ini("sqlite://", said) + databases)


# -- files --------------------------------------------------------------------------------------------


def env_file_fixture(txt: str) -> None:
    """Write env.py; its imports are there already."""
    head = "from alembic import context\nfrom sqlalchemy import engine_from_config, pool\n\n"
    body = f"config = context.config\n\n{textwrap.dedent(txt)}"
    _inside("scripts", "env.py").write_text(head + body, "utf-8")


def script_file_fixture(txt: str) -> None:
    """Write script.py.mako."""
    _inside("scripts", "script.py.mako").write_text(textwrap.dedent(txt), "utf-8")


def write_script(
    scriptdir: ScriptDirectory,
    rev_id: str,
    content: str,
    encoding: str = "ascii",
    sourceless: bool | str = False,
) -> None:
    """Replace the text of a revision's file, and make it known to the directory.

    :param rev_id: a revision that the directory knows.
    :param content: the text; it may be of another revision.
    """
    script = scriptdir.revision_map.get_revision(rev_id)
    assert isinstance(script, Script)
    Path(script.path).write_text(textwrap.dedent(content), encoding)
    again = scriptdir._script_at(script.path)
    if again.down_revision != script.down_revision:
        raise ValueError("the new text follows another revision than the file did")
    scriptdir.revision_map.add_revision(again, _replace=True)
    if sourceless:
        make_sourceless(script.path, _style(sourceless))


def make_sourceless(path: str, style: str) -> None:
    """Replace a Python file by its compiled form.

    :param style: ``"simple"``: beside where it was; ``"pep3147"``: in ``__pycache__``.
    """
    import importlib.util
    import py_compile

    target = importlib.util.cache_from_source(path) if style == "pep3147" else f"{path}c"
    py_compile.compile(path, cfile=target, doraise=True)
    os.unlink(path)


# -- revisions ----------------------------------------------------------------------------------------


def three_rev_fixture(cfg: Config) -> tuple[str, str, str]:
    """The identifiers of three new revisions a, b and c that follow each other.

    Each has a statement, ``CREATE STEP n`` and ``DROP STEP n``.
    """
    return _revisions(
        cfg,
        [
            ("revision a", "Rev A", "1", None),
            ("revision b", "Rev B, méil, %3", "2", 0),
            ("revision c", "Rev C", "3", 1),
        ],
    )


def multi_heads_fixture(cfg: Config, a: str, b: str, c: str) -> tuple[str, str, str]:
    """The identifiers of three more: d follows b, e follows d, and f follows b as well."""
    return _revisions(
        cfg,
        [
            ("revision d from b", "Rev D", "4", b),
            ("revision e from d", "Rev E", "5", 0),
            ("revision f from b", "Rev F", "6", b),
        ],
    )


def _revisions(cfg: Config, wanted: list[tuple[str, str, str, int | str | None]]) -> tuple[str, str, str]:
    """Make revisions of (name, message, step, what it follows: one of these by its place, or any)."""
    from ..util import rev_id

    made: list[str] = []
    for name, message, step, follows in wanted:
        directory = ScriptDirectory.from_config(cfg)
        revision = rev_id()
        down = made[follows] if isinstance(follows, int) else follows
        directory.generate_revision(revision, name, refresh=True, head=down or "base", splice=True)
        text = _REVISION.format(message=message, revision=revision, down=down, step=step)
        write_script(directory, revision, text, encoding="utf-8")
        made.append(revision)
    one, two, three = made
    return one, two, three
