"""Writing new revisions: what is decided, what is refused before a file exists, and what the file says."""

from __future__ import annotations

import errno
import io
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from alembic import errors
from alembic.script import ScriptDirectory
from tests.script.files.directories import TEMPLATE, directory, names, write


@pytest.fixture
def made(tmp_path: Path) -> ScriptDirectory:
    """a1 → b1, a1 → c1 (label lab) → d1234"""
    versions = tmp_path / "versions"
    write(versions, "a1")
    write(versions, "b1", "a1")
    write(versions, "c1", "a1", labels="lab")
    write(versions, "d1234", "c1")
    return directory(tmp_path)


def text_of(script: Any) -> str:
    return Path(script.path).read_text(encoding="utf-8")


def identifiers(script: Any) -> dict[str, Any]:
    return {name: getattr(script.module, name) for name in ("down_revision", "branch_labels", "depends_on")}


# -- what is written -----------------------------------------------------------------------------------------


def test_the_first_revision(tmp_path: Path) -> None:
    made = directory(tmp_path)
    script = made.generate_revision("a1", "First of all")
    assert script.path == str(tmp_path / "versions" / "a1_first_of_all.py")
    assert re.match(
        r'"""First of all\n\nRevision ID: a1\nRevises:\n'
        r'Create Date: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+\n"""\n',
        text_of(script),
    )
    assert identifiers(script) == {"down_revision": None, "branch_labels": None, "depends_on": None}
    assert (script.doc, made.get_current_head()) == ("First of all", "a1")


def test_a_revision_follows_the_head_and_joins_the_graph(tmp_path: Path) -> None:
    made = directory(tmp_path)
    for number in range(3):
        made.generate_revision(f"a{number}", None)
    assert [str(script) for script in made.walk_revisions()] == [
        "a1 -> a2 (head), empty message",
        "a0 -> a1, empty message",
        "<base> -> a0, empty message",
    ]
    assert directory(tmp_path).get_heads() == ["a2"]
    assert names(tmp_path / "versions") == ["a0_.py", "a1_.py", "a2_.py"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"head": "b1"}, {"down_revision": "b1"}),
        ({"head": ["b1", "d1234"]}, {"down_revision": ("b1", "d1234")}),
        ({"head": "heads"}, {"down_revision": ("b1", "d1234")}),
        ({"head": "lab@head"}, {"down_revision": "d1234"}),
        ({"head": "base"}, {"down_revision": None}),
        ({"head": "a1", "splice": True}, {"down_revision": "a1"}),
        ({"head": "b1", "branch_labels": "new"}, {"branch_labels": ("new",)}),
        ({"head": "b1", "branch_labels": ["x", "y"]}, {"branch_labels": ("x", "y")}),
        ({"head": "b1", "depends_on": "d1234"}, {"depends_on": "d1234"}),
        ({"head": "b1", "depends_on": ["d123", "lab"]}, {"depends_on": ("d1234", "lab")}),
        ({"head": "b1", "depends_on": "lab@head"}, {"depends_on": "d1234"}),
    ],
)
def test_identifiers_are_as_asked_for(
    made: ScriptDirectory, options: dict[str, Any], expected: dict[str, Any]
) -> None:
    script = made.generate_revision("n1", "m", **options)
    assert expected.items() <= identifiers(script).items()


def test_the_template_gets_what_it_is_promised(tmp_path: Path) -> None:
    template = TEMPLATE + (
        "seen = ${repr([message, up_revision, refresh, create_date.year > 2000, comma(None), comma('x'), "
        "comma(('x', 'y')), extra, bool(undefined_name)])}\n"
    )
    script = directory(tmp_path, template).generate_revision(
        "a1", None, extra=7, upgrades="op.x()\n    op.y()"
    )
    assert script.module.seen == ["empty message", "a1", True, True, "", "x", "x, y", 7, False]
    assert "def upgrade():\n    op.x()\n    op.y()\n" in text_of(script)


@pytest.mark.parametrize(
    "message", ['say """no""" \\d \\N', '"quoted" text', "ends with \\", "zwei\nZeilen", "ü"]
)
def test_any_message_can_stand_in_the_docstring(tmp_path: Path, message: str) -> None:
    script = directory(tmp_path).generate_revision("a1", message)
    assert script.doc == message
    assert script.module.__doc__ == script._node.doc


def test_file_names_and_dates_follow_the_settings(tmp_path: Path) -> None:
    made = directory(
        tmp_path,
        file_template="%(year)d/%(month).2d/%(rev)s-%(slug)s",
        timezone="utc",
        truncate_slug_length=9,
        recursive_version_locations=True,
    )
    script = made.generate_revision("a1", "some words here")
    assert re.fullmatch(r".*/versions/\d{4}/\d\d/a1-some_\.py", script.path)
    assert re.search(r"Create Date: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+\+00:00\n", text_of(script))
    again = made.generate_revision("b1", "more")
    assert Path(again.path).parent == Path(script.path).parent
    assert directory(tmp_path, recursive_version_locations=True).get_heads() == ["b1"]


def test_files_are_written_in_the_encoding_asked_for(tmp_path: Path) -> None:
    made = directory(tmp_path, output_encoding="latin-1")
    script = made.generate_revision("a1", "naïve")
    written = Path(script.path).read_bytes()
    assert written.startswith(b'# -*- coding: latin-1 -*-\n"""na\xefve\n')
    assert script.doc == "naïve"
    assert script.module.__doc__.startswith("naïve")


def test_status_lines_go_where_the_configuration_prints(tmp_path: Path) -> None:
    made = directory(tmp_path, messaging_opts={"quiet": False})
    made._stdout = io.StringIO()
    script = made.generate_revision("a1", "m")
    assert made._stdout.getvalue() == (
        f"Creating directory {tmp_path / 'versions'} ...  done\nGenerating {script.path} ...  done\n"
    )


# -- where to ------------------------------------------------------------------------------------------------


def test_with_several_locations_one_has_to_be_named(tmp_path: Path) -> None:
    both = [tmp_path / "va", tmp_path / "vb"]
    made = directory(tmp_path, version_locations=both)
    with pytest.raises(errors.CommandError) as caught:
        made.generate_revision("a1", "m")
    assert caught.value.message == "Multiple version locations present, please specify --version-path"
    with pytest.raises(errors.CommandError) as caught:
        made.generate_revision("a1", "m", version_path=tmp_path / "vc")
    assert caught.value.message == f"Path {tmp_path / 'vc'} is not represented in current version locations"
    with pytest.raises(errors.CommandError, match="Multiple version_locations present"):
        made.versions  # noqa: B018
    assert names(tmp_path) == ["script.py.mako"]
    assert made.generate_revision("a1", "m", version_path=str(both[1])).path == str(both[1] / "a1_m.py")


def test_a_revision_goes_where_its_parent_is(tmp_path: Path) -> None:
    write(tmp_path / "va", "a1")
    write(tmp_path / "vb" / "deep", "b1")
    made = directory(
        tmp_path, version_locations=[tmp_path / "va", tmp_path / "vb"], recursive_version_locations=True
    )
    assert made.generate_revision("b2", None, head="b1").path == str(tmp_path / "vb" / "b2_.py")
    assert made.generate_revision("a2", None, head="a1").path == str(tmp_path / "va" / "a2_.py")


# -- what is refused, without a trace ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("revision", "options", "message"),
    [
        ("a-1@", {}, "Character(s) '-, @' not allowed in revision identifier 'a-1@'"),
        ("", {}, "A revision identifier can't be empty"),
        ("head", {"head": "b1"}, "'head' can't be the name of a revision or branch"),
        ("a1", {"head": "b1"}, "Revision a1 already exists"),
        ("lab", {"head": "b1"}, "Revision lab already exists"),
        (
            "n1",
            {},
            "Multiple heads are present; please specify the head revision on which the new revision should "
            "be based, or perform a merge.",
        ),
        ("n1", {"head": ["b1", "b1"]}, "Duplicate head revisions specified"),
        ("n1", {"head": ["a1", "a1"]}, "Duplicate head revisions specified"),
        (
            "n1",
            {"head": "a1"},
            "Revision a1 is not a head revision; please specify --splice to create a new branch from this "
            "revision",
        ),
        ("n1", {"head": "nope"}, "Can't locate revision identified by 'nope'"),
        ("n1", {"head": "b1", "depends_on": "nope"}, "Can't locate revision identified by 'nope'"),
        (
            "n1",
            {"head": "b1", "branch_labels": "lab"},
            "Branch name 'lab' in revision n1 already used by revision c1",
        ),
        (
            "n1",
            {"head": "b1", "branch_labels": ["x", "d1234"]},
            "Branch name 'd1234' in revision n1 already used by revision d1234",
        ),
        (
            "n1",
            {"head": "b1", "branch_labels": "n1"},
            "Branch name 'n1' in revision n1 already used by revision n1",
        ),
        (
            "n1",
            {"head": "b1", "branch_labels": "a@b"},
            "Character(s) '@' not allowed in branch label 'a@b'",
        ),
        ("n1", {"head": "b1", "branch_labels": [""]}, "A branch label can't be empty"),
        ("n1", {"head": "b1", "branch_labels": "heads"}, "'heads' can't be the name of a revision or branch"),
    ],
)
def test_mistakes_are_found_before_the_file_is_written(
    made: ScriptDirectory, tmp_path: Path, revision: str, options: dict[str, Any], message: str
) -> None:
    before = names(tmp_path)
    with pytest.raises(errors.CommandError) as caught:
        made.generate_revision(revision, "m", **options)
    assert caught.value.message == message
    assert names(tmp_path) == before
    assert sorted(made.get_heads()) == ["b1", "d1234"]


@pytest.mark.parametrize(
    ("template", "options", "error", "said"),
    [
        ("${nope()}", {}, errors.TemplateRenderingFailed, "Template rendering failed; see "),
        (TEMPLATE + "def", {}, errors.TemplateUnusable, "script.py.mako"),
        (
            TEMPLATE.replace("revision = ${repr(up_revision)}", "revision = 'x'"),
            {},
            errors.TemplateUnusable,
            "declares revision x",
        ),
        (
            TEMPLATE.replace("branch_labels = ${repr(branch_labels)}", ""),
            {"branch_labels": ["p", "q"]},
            errors.LabelNotInFile,
            r"Version n1 specified branch_labels p, q, however the migration file \S+n1_m.py does not have "
            r"them; have you upgraded your script.py.mako to include the 'branch_labels' section\?",
        ),
        (
            TEMPLATE.replace("depends_on = ${repr(depends_on)}", ""),
            {"depends_on": "d1234"},
            errors.TemplateUnusable,
            r"It lacks the line `depends_on = \$\{repr\(depends_on\)\}`",
        ),
    ],
)
def test_a_template_that_will_not_do_leaves_no_file(
    made: ScriptDirectory,
    tmp_path: Path,
    template: str,
    options: dict[str, Any],
    error: type[Exception],
    said: str,
) -> None:
    (tmp_path / "script.py.mako").write_text(template)
    before = names(tmp_path)
    with pytest.raises(error, match=said):
        made.generate_revision("n1", "m", head="b1", **options)
    assert names(tmp_path) == before


def test_an_encoding_is_declared_only_where_python_has_to_be_told(tmp_path: Path) -> None:
    made = directory(tmp_path, output_encoding="latin-1")
    assert text_of(made.generate_revision("a1", "plain")).startswith('"""plain')


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"file_template": "%(nope)s"}, errors.FileTemplateInvalid),
        ({"file_template": "b1_"}, errors.RevisionFileExists),
        ({"file_template": "sub/%(rev)s"}, errors.RevisionFileOutOfReach),
        ({"file_template": "../%(rev)s"}, errors.RevisionFileOutOfReach),
        ({"timezone": "Mars/Olympus"}, errors.TimezoneNotFound),
        ({"output_encoding": "ascii"}, errors.OutputEncodingInvalid),
        ({"output_encoding": "utf-16"}, errors.OutputEncodingInvalid),
    ],
)
def test_settings_that_will_not_do_leave_no_file(
    made: ScriptDirectory, tmp_path: Path, settings: dict[str, Any], error: type[Exception]
) -> None:
    before = names(tmp_path)
    made = directory(tmp_path, **settings)
    with pytest.raises(error):
        made.generate_revision("n1", "naïve", head="b1")
    assert names(tmp_path) == before


def test_a_message_that_is_no_text_is_blamed_on_the_encoding(made: ScriptDirectory) -> None:
    with pytest.raises(errors.OutputEncodingInvalid, match="surrogates not allowed"):
        made.generate_revision("n1", "\udce9", head="b1")  # what Python makes of a stray byte in an argument


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "sub").touch()
    made = directory(tmp_path, file_template="sub/%(rev)s", recursive_version_locations=True)
    with pytest.raises(errors.RevisionFileUnwritable, match=r"sub.a1\.py"):
        made.generate_revision("a1", None)


def test_a_full_standard_output_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    made = directory(tmp_path, messaging_opts={})
    made._stdout = Full()
    with pytest.raises(OSError, match="No space left"):
        made.generate_revision("a1", None)


def test_a_missing_template_is_named(made: ScriptDirectory, tmp_path: Path) -> None:
    (tmp_path / "script.py.mako").unlink()
    with pytest.raises(errors.TemplateNotFound, match=r"script\.py\.mako"):
        made.generate_revision("n1", None, head="b1")


def test_a_location_with_a_slash_is_in_reach_when_it_is_a_version_location(tmp_path: Path) -> None:
    made = directory(
        tmp_path, version_locations=[tmp_path / "v", tmp_path / "v" / "new"], file_template="new/%(rev)s"
    )
    made.generate_revision("a1", None, version_path=tmp_path / "v")
    assert directory(tmp_path, version_locations=[tmp_path / "v" / "new"]).get_heads() == ["a1"]


# -- hooks ---------------------------------------------------------------------------------------------------


def hook(program: str) -> dict[str, Any]:
    return {
        "_hook_name": "h",
        "type": "exec",
        "executable": sys.executable,
        "options": f'-c "import sys; p = sys.argv[1]; {program}" REVISION_SCRIPT_FILENAME',
    }


def test_the_file_is_read_as_the_hooks_left_it(tmp_path: Path) -> None:
    program = "t = open(p).read().replace('plain', 'dressed'); open(p, 'w').write(t)"
    script = directory(tmp_path, hooks=[hook(program)]).generate_revision("a1", "plain")
    assert script.doc == "dressed"


def test_a_hook_that_takes_the_file_away_is_reported(tmp_path: Path) -> None:
    made = directory(tmp_path, hooks=[hook("import os; os.unlink(p)")])
    with pytest.raises(errors.RevisionFileGone, match=r"a1_\.py"):
        made.generate_revision("a1", None)
    assert made.get_heads() == []


def test_the_file_stays_when_a_hook_cannot_run(tmp_path: Path) -> None:
    made = directory(tmp_path, hooks=[{"_hook_name": "h", "type": "exec", "executable": "/no/such"}])
    with pytest.raises(errors.HookExecutableNotFound):
        made.generate_revision("a1", None)
    assert directory(tmp_path).get_heads() == ["a1"]


def test_a_file_that_computes_its_identifiers_is_checked_once_it_is_there(tmp_path: Path) -> None:
    template = TEMPLATE + "branch_labels = None if True else ()\n"
    with pytest.raises(errors.LabelNotInFile):
        directory(tmp_path, template).generate_revision("a1", "m", branch_labels="x")
