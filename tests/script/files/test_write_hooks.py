"""Post-write hooks: the three types, the user's own, and what goes wrong with them."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from alembic import errors
from alembic.script import write_hooks

PRINT_ARGUMENTS = "import os, sys; open('seen', 'a').write(repr((os.getcwd(), sys.argv[1:])) + chr(10))"


def run(path: Path, *hooks: dict[str, Any]) -> list[str]:
    lines: list[str] = []

    def announce(line: str) -> AbstractContextManager[None]:
        lines.append(line)
        return nullcontext()

    write_hooks.run_hooks(path, hooks, announce)
    return lines


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "r one.py"
    path.write_text("x = 1\n")
    return path


def seen(folder: Path) -> list[tuple[str, list[str]]]:
    return [eval(line) for line in (folder / "seen").read_text().splitlines()]


def exec_hook(**options: str) -> dict[str, Any]:
    return {"_hook_name": "h", "type": "exec", "executable": sys.executable, **options}


def test_the_file_comes_first_where_the_options_do_not_place_it(file: Path) -> None:
    (file.parent / "tool").write_text(f"#!{sys.executable}\n{PRINT_ARGUMENTS}\n")
    (file.parent / "tool").chmod(0o755)
    run(file, exec_hook(executable="./tool", options="-a 'b c'"), exec_hook(executable="./tool"))
    assert [arguments for _, arguments in seen(file.parent)] == [[str(file), "-a", "b c"], [str(file)]]


def test_the_token_is_replaced_inside_every_word(file: Path) -> None:
    run(
        file,
        exec_hook(options=f'-c "{PRINT_ARGUMENTS}" --f=REVISION_SCRIPT_FILENAME REVISION_SCRIPT_FILENAME'),
    )
    assert seen(file.parent) == [(str(file.parent), [f"--f={file}", str(file)])]


def test_a_tool_runs_in_the_folder_asked_for(file: Path, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    run(
        file, exec_hook(options=f'-c "{PRINT_ARGUMENTS}" REVISION_SCRIPT_FILENAME', cwd=str(tmp_path / "sub"))
    )
    assert seen(tmp_path / "sub")[0][0] == os.path.realpath(tmp_path / "sub")


def test_a_module_is_run_as_python_does_with_m(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(file, {"_hook_name": "h", "type": "module", "module": "tokenize", "options": "-e"})
    assert "NAME           'x'" in capfd.readouterr().out


def test_an_installed_command_is_run_in_this_python(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    hook = {
        "_hook_name": "h",
        "type": "console_scripts",
        "entrypoint": "pytest",
        "options": "--version REVISION_SCRIPT_FILENAME",
    }
    run(file, hook)
    assert capfd.readouterr().out.startswith("pytest ")


def test_hooks_run_in_order_and_are_announced(file: Path) -> None:
    hooks = [{**exec_hook(options="-c pass REVISION_SCRIPT_FILENAME"), "_hook_name": name} for name in "ba"]
    assert run(file, *hooks) == ["Running post write hook 'b'", "Running post write hook 'a'"]


def test_a_registered_function_gets_the_file_and_all_options(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_hooks, "_registry", dict(write_hooks._registry))
    calls: list[tuple[object, object]] = []

    @write_hooks.register("mine")
    def mine(filename: str, options: object) -> None:
        calls.append((filename, options))

    hook = {"_hook_name": "h", "type": "mine", "colour": "red"}
    run(file, hook)
    assert calls == [(str(file), hook)]
    mine("a", {})  # the decorator gives the function back
    assert len(calls) == 2


def test_a_tool_that_fails_is_reported_and_the_file_kept(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(file, exec_hook(options='-c "raise SystemExit(3)" REVISION_SCRIPT_FILENAME'))
    said = capsys.readouterr().err
    assert "post write hook 'h' ended with exit status 3" in said
    assert str(file) in said
    assert file.exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "Key 'a.type' (or 'type' in toml) is required for post write hook 'a'"),
        ({"type": "console_scripts"}, "Key a.entrypoint is required for post write hook 'a'"),
        ({"type": "exec"}, "Key a.executable is required for post write hook 'a'"),
        ({"type": "module"}, "Key a.module is required for post write hook 'a'"),
        ({"type": "x"}, "No formatter with name 'x' registered"),
        ({"type": "console_scripts", "entrypoint": "x"}, "Could not find entrypoint console_scripts.x"),
        ({"type": "module", "module": "no_such_module"}, "Could not find module no_such_module"),
        ({"type": "module", "module": "no_such.module"}, "Could not find module no_such.module"),
        (
            {"type": "exec", "executable": "/no/such/tool"},
            "Could not run executable '/no/such/tool' of post write hook 'a'",
        ),
        (
            {"type": "exec", "executable": "x", "options": "'x"},
            "Can't read the options of post write hook 'a': \"'x\"",
        ),
        (
            {"type": "exec", "executable": "x", "options": ["x"]},
            "Can't read the options of post write hook 'a': ['x']",
        ),
    ],
)
def test_what_is_missing_is_named(file: Path, options: dict[str, object], message: str) -> None:
    with pytest.raises(errors.CommandError) as caught:
        run(file, {"_hook_name": "a", **options})
    assert caught.value.message == message
    assert file.exists()


def test_the_error_of_a_missing_tool_names_the_key(file: Path) -> None:
    with pytest.raises(errors.HookExecutableNotFound, match=r"Check the key h\.executable"):
        run(file, exec_hook(executable="no-such-tool"))


def test_the_error_of_a_missing_folder_names_the_hook_and_the_key(file: Path) -> None:
    hook = {"_hook_name": "h", "type": "module", "module": "this", "cwd": "/no/such/folder"}
    with pytest.raises(errors.HookExecutableNotFound, match=r"hook 'h'(.|\n)*/no/such(.|\n)*key h\.cwd\."):
        run(file, hook)


def test_the_error_of_a_missing_installed_command_names_the_hook(file: Path) -> None:
    with pytest.raises(errors.HookToolNotFound, match="Post write hook 'h' needs it"):
        run(file, {"_hook_name": "h", "type": "console_scripts", "entrypoint": "x"})


def test_a_package_older_than_demanded_is_refused(file: Path) -> None:
    hook = {"_hook_name": "h", "type": "console_scripts", "entrypoint": "pytest"}
    with pytest.raises(errors.HookToolTooOld, match=r"999\.0 or later is needed"):
        write_hooks.console_scripts(str(file), hook, verify_version=(999, 0))


def test_output_can_be_kept_away(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    hook = {"_hook_name": "h", "type": "console_scripts", "entrypoint": "pytest", "options": "--version"}
    write_hooks.console_scripts(str(file), hook, ignore_output=True, verify_version=(1, 0))
    assert capfd.readouterr().out == ""
