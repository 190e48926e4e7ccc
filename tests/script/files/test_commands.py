"""`revision` and `merge` from the command line: what they print and what hooks do to them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.project import Project

ECHO = "-c 'import sys; print(len(sys.argv), sys.argv[1])' REVISION_SCRIPT_FILENAME"


def hooks(**options: str) -> str:
    """Ini text of a hook named h, to follow the main section's own keys."""
    lines = "\n".join(f"h.{key} = {value}" for key, value in options.items())
    return f"\n[post_write_hooks]\nhooks = h\n{lines}\n"


def python_hook() -> str:
    return hooks(type="exec", executable=sys.executable, options=ECHO)


def test_each_new_file_is_announced(project: Project) -> None:
    path = project.versions / "a1_one.py"
    result = project.call("revision", "-m", "one", "--rev-id", "a1").ok()
    assert result.stdout == f"Generating {path} ...  done\n"
    assert project.call("-q", "revision", "--rev-id", "b1").ok().stdout == ""
    assert project.call("heads").ok().stdout == "b1 (head)\n"


def test_hooks_run_on_revisions_and_on_merges(project: Project) -> None:
    project.configure(ini=python_hook())
    project.call("revision", "--rev-id", "a1").ok()
    project.call("revision", "--rev-id", "b1", "--head", "base").ok()
    path = project.versions / "c1_both.py"
    merged = project.run("merge", "heads", "-m", "both", "--rev-id", "c1").ok()
    assert merged.stdout == (
        f"Generating {path} ...  done\nRunning post write hook 'h' ...\n2 {path}\n  done\n"
    )


def test_hooks_of_a_toml_file(project: Project) -> None:
    (project.directory / "pyproject.toml").write_text(
        "[[tool.alembic.post_write_hooks]]\n"
        f"name = 'h'\ntype = 'exec'\nexecutable = {sys.executable!r}\n"
        f'options = "{ECHO}"\n'
    )
    result = project.run("revision", "--rev-id", "a1").ok()
    assert f"Running post write hook 'h' ...\n2 {project.versions / 'a1_.py'}\n  done\n" in result.stdout


def test_a_hook_that_ends_badly_is_told_on_stderr_and_the_command_succeeds(project: Project) -> None:
    project.configure(
        ini=hooks(
            type="exec",
            executable=sys.executable,
            options="-c 'raise SystemExit(4)' REVISION_SCRIPT_FILENAME",
        )
    )
    result = project.call("-q", "revision", "--rev-id", "a1").ok()
    assert "post write hook 'h' ended with exit status 4" in result.stderr
    assert project.call("heads").ok().stdout == "a1 (head)\n"


@pytest.mark.parametrize(
    ("ini", "said"),
    [
        (hooks(), "Key 'h.type' (or 'type' in toml) is required for post write hook 'h'"),
        (hooks(type="exec"), "Key h.executable is required for post write hook 'h'"),
        (hooks(type="nope"), "No formatter with name 'nope' registered"),
        (hooks(type="module", module="no_such"), "Could not find module no_such"),
        (hooks(type="exec", executable="/no/such"), "Check the key h.executable"),
    ],
)
def test_a_hook_that_cannot_run_fails_the_command_and_leaves_the_file(
    project: Project, ini: str, said: str
) -> None:
    project.configure(ini=ini)
    result = project.call("revision", "--rev-id", "a1")
    assert result.code == 255
    assert said in result.stderr
    assert project.call("heads").ok().stdout == "a1 (head)\n"


def test_a_hook_registered_in_env_py(project: Project) -> None:
    project.configure(ini="revision_environment = true\n" + hooks(type="shout", word="hey"))
    project.env_py.write_text(
        "from alembic.script import write_hooks\n\n"
        "@write_hooks.register('shout')\n"
        "def shout(filename, options):\n"
        "    text = open(filename).read()\n"
        "    open(filename, 'w').write(text + '# ' + options['word'] + '\\n')\n\n"
        + project.env_py.read_text()
    )
    project.run("revision", "--rev-id", "a1").ok()
    assert (project.versions / "a1_.py").read_text().endswith("# hey\n")


def test_variables_of_env_py_reach_the_template(project: Project) -> None:
    project.configure(ini="revision_environment = true", options="dict(template_args={'extra': 'from env'})")
    template = project.directory / "migrations" / "script.py.mako"
    template.write_text(template.read_text() + "# ${extra} ${config.config_ini_section}\n")
    project.call("revision", "--rev-id", "a1").ok()
    assert (project.versions / "a1_.py").read_text().endswith("# from env alembic\n")


def test_the_configuration_reaches_the_template_without_env_py(project: Project) -> None:
    template = project.directory / "migrations" / "script.py.mako"
    template.write_text(template.read_text() + "# ${config.config_ini_section}\n")
    project.call("revision", "--rev-id", "a1").ok()
    project.call("revision", "--rev-id", "b1", "--head", "base").ok()
    project.call("merge", "a1", "b1", "--rev-id", "c1").ok()
    for name in ("a1_", "c1_"):
        assert (project.versions / f"{name}.py").read_text().endswith("# alembic\n")


def test_mistakes_are_one_screen_and_leave_no_file(project: Project) -> None:
    project.call("revision", "--rev-id", "a1", "--branch-label", "lab").ok()
    before = sorted(project.versions.iterdir())
    for argv in (
        ["--rev-id", "a1"],
        ["--rev-id", "a-1"],
        ["--branch-label", "lab"],
        ["--head", "nope"],
        ["--depends-on", "nope"],
        ["--version-path", "nope"],
    ):
        result = project.call("revision", *argv)
        assert (result.code, result.stdout) == (255, "")
        assert result.stderr.startswith("FAILED: ")
        assert len(result.stderr.splitlines()) < 10
    assert sorted(project.versions.iterdir()) == before


def test_a_revision_needs_no_database_driver(project: Project) -> None:
    project.configure("no_such_dialect://nowhere/none")
    project.call("revision", "-m", "x", "--rev-id", "a1").ok()
    program = (
        "import sys; from alembic.config import main; main(['-q', 'revision', '--rev-id', 'b1']);"
        "print('sqlalchemy' in sys.modules)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=project.directory, capture_output=True, text=True, check=True
    )
    assert ended.stdout == "False\n"


def test_a_parent_folder_of_versions_that_is_missing_is_made(project: Project, tmp_path: Path) -> None:
    project.configure(ini=f"version_locations = {tmp_path}/x/y:{tmp_path}/z")
    result = project.call("revision", "--rev-id", "a1", "--version-path", f"{tmp_path}/x/y").ok()
    assert result.stdout.splitlines()[0] == f"Creating directory {tmp_path}/x/y ...  done"
    assert project.call("heads").ok().stdout == "a1 (head)\n"
