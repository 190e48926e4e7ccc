"""`init`: what each template deposits, and that a failure leaves nothing."""

from __future__ import annotations

import configparser
import os
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

import alembic
from alembic import errors
from alembic.script.deposit import available_templates, deposit, location_setting

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TEMPLATES = os.path.join(os.path.dirname(alembic.__file__), "templates")
NAMES = ["async", "generic", "multidb", "pyproject", "pyproject_async"]


class Said(list[str]):
    """The lines of one init."""

    def announce(self, line: str) -> AbstractContextManager[None]:
        self.append(line)
        return nullcontext()

    def say(self, line: str) -> None:
        self.append(line)


def init(
    template: str, directory: str = "migrations", *, templates: str = TEMPLATES, **options: object
) -> Said:
    said = Said()
    deposit(
        templates,
        template,
        directory,
        **{"ini_path": "alembic.ini", "toml_path": "pyproject.toml", **options},  # type: ignore[arg-type]
        announce=said.announce,
        say=said.say,
    )
    return said


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_templates_are_listed_by_name_with_the_first_line_of_their_readme() -> None:
    listed = available_templates(TEMPLATES)
    assert [template.name for template in listed] == NAMES
    for name, synopsis in listed:
        assert (Path(TEMPLATES) / name / "README").read_text().splitlines()[0] == synopsis != ""


@pytest.mark.parametrize("name", NAMES)
def test_a_template_deposits_these_files(here: Path, name: str) -> None:
    init(name)
    configuration = ["alembic.ini", "pyproject.toml"] if name.startswith("pyproject") else ["alembic.ini"]
    deposited = [
        "migrations",
        *(f"migrations/{x}" for x in ("README", "env.py", "script.py.mako", "versions")),
    ]
    assert tree(here) == sorted(configuration + deposited)
    compile((here / "migrations" / "env.py").read_text(), "env.py", "exec")


@pytest.mark.parametrize("name", NAMES)
def test_the_ini_file_can_be_read_and_sets_up_logging_as_ever(here: Path, name: str) -> None:
    init(name)
    ini = configparser.ConfigParser({"here": str(here)})
    ini.read("alembic.ini")
    if name.startswith("pyproject"):
        settings = tomllib.loads((here / "pyproject.toml").read_text())["tool"]["alembic"]
        assert settings == {"script_location": "%(here)s/migrations", "prepend_sys_path": ["."]}
    else:
        assert ini["alembic"]["script_location"] == f"{here}/migrations"
        assert ini["alembic"]["prepend_sys_path"] == "."
        assert ini["alembic"]["path_separator"] == "os"
        assert not ini.has_section("post_write_hooks")
    for database in ("engine1", "engine2") if name == "multidb" else ("alembic",):
        assert "://" in ini[database]["sqlalchemy.url"]
    assert (ini.get("logger_root", "level"), ini.get("logger_alembic", "level")) == ("WARNING", "INFO")
    assert ini.get("logger_sqlalchemy", "qualname") == "sqlalchemy.engine"
    formatter = dict(ini.items("formatter_brief", raw=True))
    assert formatter["format"] == "%(levelname)-5.5s [%(name)s] %(message)s"
    assert formatter["datefmt"] == "%H:%M:%S"


def test_each_step_is_reported(here: Path) -> None:
    assert init("generic", "a/b", package=True) == [
        f"Creating directory {here}/a/b",
        f"Creating directory {here}/a/b/versions",
        f"Generating {here}/a/b/README",
        f"Generating {here}/a/b/env.py",
        f"Generating {here}/a/b/script.py.mako",
        f"Generating {here}/alembic.ini",
        f"Adding {here}/a/b/__init__.py",
        f"Adding {here}/a/b/versions/__init__.py",
        f"Please edit configuration/connection/logging settings in {here}/alembic.ini before proceeding.",
    ]
    assert (here / "a/b/versions/__init__.py").read_bytes() == b""


def test_the_last_line_names_both_files_of_the_toml_templates(here: Path) -> None:
    assert init("pyproject")[-1] == (
        f"Please edit configuration settings in {here}/pyproject.toml and "
        f"configuration/connection/logging settings in {here}/alembic.ini before proceeding."
    )


def test_existing_configuration_stays(here: Path) -> None:
    (here / "alembic.ini").write_text("mine")
    (here / "pyproject.toml").write_text("[tool.alembic.x]\n")
    said = init("pyproject")
    assert f"File {here}/alembic.ini already exists, skipping" in said
    assert (
        f"File {here}/pyproject.toml already exists and already has a [tool.alembic] section, skipping"
        in said
    )
    assert (here / "alembic.ini").read_text() == "mine"
    assert (here / "pyproject.toml").read_text() == "[tool.alembic.x]\n"


@pytest.mark.parametrize(
    "text",
    ["[tool.alembic]", "[ tool . alembic ]\r\na = 1", "[tool]\nalembic = {a = 1}", "tool.alembic.a = 1"],
)
def test_settings_in_any_notation_are_seen(here: Path, text: str) -> None:
    (here / "pyproject.toml").write_bytes(text.encode())
    assert any("already has a [tool.alembic] section" in line for line in init("pyproject"))
    assert (here / "pyproject.toml").read_bytes() == text.encode()


@pytest.mark.parametrize("content", [b"[tool", b"# \xe9\n", b"tool = 1"])
def test_nothing_is_appended_to_a_broken_toml_file(here: Path, content: bytes) -> None:
    (here / "pyproject.toml").write_bytes(content)
    with pytest.raises(errors.ConfigFileMalformed):
        init("pyproject")
    assert tree(here) == ["pyproject.toml"]
    assert (here / "pyproject.toml").read_bytes() == content


def test_settings_are_appended_to_a_toml_file_without_them(here: Path) -> None:
    before = '[project]\nname = "x"\n[tool.alembics]'
    (here / "pyproject.toml").write_text(before)
    assert f"Appending to existing {here}/pyproject.toml" in init("pyproject")
    after = (here / "pyproject.toml").read_text()
    assert after.startswith(before + "\n\n[tool.alembic]\n")
    assert tomllib.loads(after)["tool"]["alembic"]["script_location"] == "%(here)s/migrations"


def test_an_existing_empty_directory_is_accepted(here: Path) -> None:
    (here / "migrations").mkdir()
    assert init("generic")[0] == f"Creating directory {here}/migrations/versions"


def test_a_directory_with_content_is_refused(here: Path) -> None:
    (here / "migrations").mkdir()
    (here / "migrations" / "x").touch()
    with pytest.raises(errors.InitDirectoryNotEmpty) as caught:
        init("generic")
    assert caught.value.message == "Directory migrations already exists and is not empty"


@pytest.mark.parametrize("name", ["nope", "", "README"])
def test_an_unknown_template_is_named_with_the_known_ones(here: Path, name: str) -> None:
    with pytest.raises(errors.InitTemplateNotFound) as caught:
        init(name)
    assert caught.value.message == f"No such template {os.path.abspath(os.path.join(TEMPLATES, name))}"
    assert f"There are: {', '.join(NAMES)}" in str(caught.value)
    assert tree(here) == []


def test_a_missing_folder_of_the_ini_file_is_made(here: Path) -> None:
    init("generic", ini_path="conf/db/alembic.ini")
    ini = configparser.ConfigParser({"here": str(here / "conf/db")})
    ini.read("conf/db/alembic.ini")
    assert os.path.normpath(ini["alembic"]["script_location"]) == str(here / "migrations")


def test_a_failure_half_way_leaves_nothing(here: Path) -> None:
    (here / "file").touch()
    (here / "pyproject.toml").write_text("[project]\n")
    with pytest.raises(errors.InitFailed, match="Nothing was left behind"):
        init("pyproject", "deep/migrations", ini_path="file/alembic.ini")
    assert tree(here) == ["file", "pyproject.toml"]
    assert (here / "pyproject.toml").read_text() == "[project]\n"


def test_what_someone_else_put_there_stays(here: Path) -> None:
    class Interrupted(Said):
        def announce(self, line: str) -> AbstractContextManager[None]:
            if "env.py" in line:
                (here / "migrations" / "versions" / "mine.py").touch()
                raise KeyboardInterrupt
            return super().announce(line)

    said = Interrupted()
    places = {"ini_path": "alembic.ini", "toml_path": "pyproject.toml"}
    with pytest.raises(KeyboardInterrupt):
        deposit(TEMPLATES, "generic", "migrations", **places, announce=said.announce, say=said.say)
    assert tree(here) == ["migrations", "migrations/versions", "migrations/versions/mine.py"]


def test_a_broken_template_touches_nothing(here: Path) -> None:
    folder = here / "templates" / "broken"
    folder.mkdir(parents=True)
    (folder / "alembic.ini.mako").write_text("${nope()}")
    (folder / "env.py").touch()
    with pytest.raises(errors.TemplateRenderingFailed):
        init("broken", templates=str(here / "templates"))
    assert not (here / "migrations").exists()


def test_templates_of_ones_own_may_hold_other_files_and_no_readme(here: Path) -> None:
    folder = here / "templates" / "own"
    (folder / "__pycache__").mkdir(parents=True)
    (folder / "extra.txt").write_bytes(b"\xff\r\n")
    init("own", templates=str(here / "templates"))
    assert sorted(os.listdir("migrations")) == ["extra.txt", "versions"]
    assert (here / "migrations" / "extra.txt").read_bytes() == b"\xff\r\n"
    assert available_templates(str(here / "templates")) == (("own", ""),)


@pytest.mark.parametrize(
    ("directory", "config", "setting"),
    [
        ("migrations", "alembic.ini", "%(here)s/migrations"),
        ("a/b", "conf/alembic.ini", "%(here)s/../a/b"),
        ("/abs/migrations", "alembic.ini", "/abs/migrations"),
        ("100%/m", "alembic.ini", "%(here)s/100%%/m"),
        ("/100%/m", "alembic.ini", "/100%%/m"),
        ("../m", "alembic.ini", "%(here)s/../m"),
    ],
)
def test_the_script_directory_is_named_from_the_folder_of_the_file(
    directory: str, config: str, setting: str
) -> None:
    assert location_setting(directory, config) == setting


def test_odd_characters_of_a_folder_survive_in_toml(here: Path) -> None:
    init("pyproject", 'odd "é" 100% \\m')
    setting = tomllib.loads((here / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["alembic"]
    assert setting["script_location"] % {"here": str(here)} == str(here / 'odd "é" 100% \\m')
