"""Identifiers are read from a file's text; what the text leaves open is left to an import."""

from __future__ import annotations

import contextlib
import inspect
import sys
import types

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alembic.errors import (
    IdentifierNotString,
    MissingDownRevision,
    MissingRevisionId,
    RevisionFileError,
    RevisionSyntaxError,
)
from alembic.script.graph import Node
from alembic.script.header import header_of_module, read_header, scan_generated
from alembic.script.header_ast import literal_identifiers
from alembic.script.header_layout import scan_items

USUAL = '''\
"""add users

Revision ID: ae1027a6acf1
Revises: 55af2cb1c267
Create Date: 2026-01-01 10:00:00.000000

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = 'ae1027a6acf1'
down_revision: Union[str, Sequence[str], None] = ('55af2cb1c267', "other")
branch_labels: Union[str, Sequence[str], None] = ("users",)
depends_on: Union[str, Sequence[str], None] = 'accounts'


def upgrade() -> None:
    """Apply this revision."""
    op.add_column("t", sa.Column("revision", sa.String))
    op.execute("delete from revision where x")


def downgrade() -> None:
    pass
'''


DOC = """\
add users

Revision ID: ae1027a6acf1
Revises: 55af2cb1c267
Create Date: 2026-01-01 10:00:00.000000

"""


def test_files_as_generated_are_read_by_one_expression() -> None:
    generated = USUAL.replace("""('55af2cb1c267', "other")""", "'55af2cb1c267'").replace(
        """("users",)""", "None"
    )
    read = Node("ae1027a6acf1", ("55af2cb1c267",), ("accounts",), (), "x.py", DOC)
    assert scan_generated("x.py", generated) == read
    assert scan_generated("x.py", generated.replace("'", '"')) == read


def test_the_usual_layout_is_scanned_without_parsing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("alembic.script.header_ast.literal_identifiers")
    assert read_header("x.py", USUAL) == Node(
        "ae1027a6acf1", ("55af2cb1c267", "other"), ("accounts",), ("users",), "x.py", DOC
    )


@pytest.mark.parametrize(
    "text",
    [
        "revision = 'a'\ndown_revision = None\n",
        "# a licence\n\n'''doc'''\nrevision = \"a\"\ndown_revision = None\ndepends_on = None",
        "revision='a'\ndown_revision=()\nbranch_labels=[]\n",
        '"one line"\nrevision = "a"  # the id\ndown_revision = None\n',
        "\ufeffrevision = 'a'\ndown_revision = None\n",
        "revision = 'a'\r\ndown_revision = None\r\n",
        "from alembic import (\n    op,\n    context as c,\n)\nrevision = 'a'\ndown_revision = None\n",
        "if True:\n    import os\nrevision = 'a'\ndown_revision = depends_on = None\n",
        "revision = ('a')\ndown_revision: str | None = None\n",
        "revision = 'b'\ndown_revision = None\nｒevision = 'a'\n",  # the same variable to Python
        "log = object()\nrevision = 'b'\nrevision = 'a'\ndown_revision = None\n",
    ],
)
def test_layouts_that_need_no_import(text: str) -> None:
    header = read_header("x.py", text)
    assert header is not None
    assert header[:4] == ("a", (), (), ())


@pytest.mark.parametrize(
    "text",
    [
        "import uuid\nrevision = uuid.uuid4().hex\ndown_revision = None\n",
        "from base import *\nrevision = 'a'\ndown_revision = None\n",
        "revision = 'a'\ndown_revision = None\nfor revision in ['b']:\n    pass\n",
        "revision = 'a'\ndown_revision = None\nif True:\n    revision = 'b'\n",
        "revision = 'a'\ndown_revision = None\nglobals()['revision'] = 'b'\n",
        "revision, down_revision = 'a', None\n",
        "prefix = 'a'\nrevision = prefix + 'b'\ndown_revision = None\n",
        "revision = f'a'\ndown_revision = None\n",
        "from ids import revision, down_revision\n",
        "revision = 'a'\ndown_revision = None\ndef f():\n    global revision\n    revision = 'b'\nf()\n",
        "revision = 'a'\ndown_revision = None\nprint(revision := 'b')\n",
        "revision = 'a'\ndown_revision = None\nexec('revision = 1')\n",
    ],
)
def test_files_that_compute_an_identifier_are_left_to_an_import(text: str) -> None:
    assert read_header("x.py", text) is None


def test_the_id_of_an_old_file_is_its_hexadecimal_name() -> None:
    header = read_header("versions/1975ea83b712.py", "down_revision = '27c6a30d7c24'\n")
    assert header is not None
    assert header[:2] == ("1975ea83b712", ("27c6a30d7c24",))


def test_a_set_of_labels_comes_in_the_order_of_the_text() -> None:
    header = read_header("x.py", "revision = 'a'\ndown_revision = None\nbranch_labels = {'z', 'b'}\n")
    assert header is not None
    assert header.labels == ("z", "b")


def test_a_file_without_an_id() -> None:
    with pytest.raises(MissingRevisionId) as caught:
        read_header("versions/helper.py", "down_revision = None\n")
    assert str(caught.value).startswith(
        "Could not determine revision id from filename helper.py. Be sure the 'revision' variable is "
        "declared inside the script (please see 'Upgrading from Alembic 0.1 to 0.2' in the documentation)."
    )
    assert "versions/helper.py" in str(caught.value)


def test_a_file_without_down_revision_names_file_and_next_step() -> None:
    with pytest.raises(
        MissingDownRevision, match=r"(?s)abc .*versions/abc\.py.*Add `down_revision"
    ) as caught:
        read_header("versions/abc.py", "revision = 'abc'\n")
    assert isinstance(caught.value, RevisionFileError)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("revision = 12\ndown_revision = None\n", 1),
        ("revision = 'a'\ndown_revision = 11\n", 2),
        ("revision = 'a'\n\ndown_revision = ('b', 3)\n", 3),
    ],
)
def test_ids_that_are_no_strings_name_file_and_line(text: str, line: int) -> None:
    with pytest.raises(
        IdentifierNotString, match=rf"(?s)versions/x\.py, line {line}\b.*Put quotes around it"
    ):
        read_header("versions/x.py", text)


def test_a_syntax_error_names_file_line_and_text() -> None:
    with pytest.raises(RevisionSyntaxError) as caught:
        read_header("versions/x.py", "revision = 'a'\ndown_revision = = None\n")
    assert caught.value.line == 2
    assert "versions/x.py, line 2" in str(caught.value)
    assert "down_revision = = None" in str(caught.value)


def test_an_imported_module_gives_what_it_ended_up_with() -> None:
    module = types.ModuleType("x")
    exec("'''doc'''\nrevision = 'a' + 'b'\ndown_revision = ['p', 'q']\ndepends_on = {'z', 'y'}", vars(module))
    assert header_of_module("x.py", module) == Node("ab", ("p", "q"), ("y", "z"), (), "x.py", "doc")


# ------------------------------------------------------------------------- what is read is what a run yields

PARTS = [
    '"""a docstring"""',
    "'a docstring'",
    "# revision = 'comment'",
    "",
    "\f",
    "import os",
    "import os as revision",
    "from os import (path, sep as down_revision)",
    "from os.path import *",
    "from identifiers_for_all import *",
    "from typing import Sequence, Union",
    "revision = 'one'",
    "revision: str = 'two'",
    "revision: str",
    "revision = ('three')",
    "revision = 'fo' 'ur'",
    "revision \\\n= 'five'",
    "(revision) = 'six'",
    "revision = 'seven'; down_revision = 'x'",
    "ｒevision = 'eight'",
    "if 1: revision = 'nine'",
    "if 1:\n    revision = 'ten'",
    "for revision in ('eleven',): pass",
    "for revision \\\n in ('twelve',): pass",
    "[(revision := 'thirteen')]",
    "globals()['revision'] = 'fourteen'",
    "g = globals; g()['down_revision'] = 'fifteen'",
    "exec('revision = \"sixteen\"')",
    "try:\n    1 / 0\nexcept Exception as depends_on:\n    pass",
    "match 'seventeen':\n    case revision:\n        pass",
    "match 'eighteen':\n    case revision if revision:\n        pass",
    "match ['nineteen']:\n    case [*branch_labels]:\n        pass",
    "def down_revision(): pass",
    "class depends_on: pass",
    "def f():\n    global revision\n    revision = 'twenty'\nf()",
    "def g():\n    revision = 'local'\n    return revision",
    "with open(os.devnull) as nothing: revision = 'twentyone'",
    "revision, down_revision = 'twentytwo', 'y'",
    "revision += 'more'",
    "down_revision = None",
    "down_revision = 'base'",
    "down_revision: Union[str, None] = ('p', 'q')",
    "down_revision = [\n    'p',\n]",
    "down_revision = ()",
    "branch_labels = None",
    "branch_labels = ('label',)",
    "branch_labels = ['la' + 'bel']",
    "depends_on = 'dep'",
    "depends_on: str | None = None  # nothing",
    "depends_on = branch_labels = None",
    "x = \"revision = 'in a string'\"",
    "x = '''\nrevision = 'in a long string'\n'''",
    "revision = 'a\"b'",
    'revision = "a\'b"',
    'revision = "two"\ndown_revision = "p"\nbranch_labels = None\ndepends_on = None',
    "revision = 'a\\\n'\ndown_revision = 'b'",
    'revision = """in a long string"""',
    "x = [revision for revision in 'ab']",
    "x = '''\nrevision = 'p'\ndown_revision = None\nbranch_labels = None\ndepends_on = None\n'''",
    "del revision",
    "vars()['revision'] = 'twentythree'",
    "def upgrade():\n    '''this revision, undone'''\n    op.execute('revision')",
]


GENERATED = [
    '"""doc"""',
    "import os\nimport sys as system\n# revision identifiers",
    "revision = 'one'\ndown_revision = None\nbranch_labels = None\ndepends_on = 'dep'",
]


IDENTIFIERS_FOR_ALL = types.ModuleType("identifiers_for_all")
vars(IDENTIFIERS_FOR_ALL).update(revision="starred", depends_on="starred")


def run(text: str) -> types.ModuleType | None:
    module = types.ModuleType("x")
    sys.modules["identifiers_for_all"] = IDENTIFIERS_FOR_ALL
    try:
        exec(compile(text, "x.py", "exec", dont_inherit=True), vars(module))
    except Exception:
        return None  # such a file can't be imported, whatever its header says
    finally:
        del sys.modules["identifiers_for_all"]
    return module


def _cleaned(header: Node) -> Node:
    """Since 3.13 Python takes indentation and tabs out of docstrings, when it runs a file."""
    if header.doc is None or sys.version_info < (3, 13):
        return header
    return header._replace(doc=inspect.cleandoc(header.doc))


def compare(parts: list[str], newline: str = "\n") -> None:
    """Neither scanners nor syntax tree may ever be sure of something that running the file refutes."""
    text = newline.join(part.replace("\n", newline) for part in parts)
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    found = [scan_generated("x.py", lines), scan_items("x.py", lines)]
    from_tree = None
    with contextlib.suppress(RevisionFileError):
        found.append(read_header("x.py", text))
    with contextlib.suppress(RevisionFileError):
        from_tree = literal_identifiers("x.py", text)
    module = run(text)
    if module is None:
        return
    for header in found:
        if header is not None:
            assert _cleaned(header) == _cleaned(header_of_module("x.py", module))
    for name, value in from_tree.values.items() if from_tree else ():
        truth = getattr(module, name)
        assert value == (tuple(truth) if isinstance(truth, list) else truth)


@pytest.mark.parametrize("place", range(len(GENERATED) + 1))
def test_one_strange_part_in_a_file_as_generated(place: int) -> None:
    for part in PARTS:
        compare([*GENERATED[:place], part, *GENERATED[place:]])


@pytest.mark.parametrize(
    ("place", "part"),
    [
        (0, '"""a tab:\\tis not two letters"""'),
        (0, '"""a quote: \\""" is not the end"""'),
        (1, "globals().update(revision='real')\nif 0: \\"),
    ],
)
def test_tricks(place: int, part: str) -> None:
    compare([*GENERATED[:place], part, *GENERATED[place + 1 :]])


@given(st.lists(st.sampled_from(PARTS), max_size=9), st.sampled_from(["\n", "\r\n", "\r"]))
@settings(max_examples=1000, deadline=None)
def test_any_parts_in_any_order(parts: list[str], newline: str) -> None:
    compare(parts, newline)
