"""Generated Python is what ruff format and black would make of it, and says the same as before."""

from __future__ import annotations

import ast
import warnings
from random import Random

import pytest

from alembic.script.layout import WIDTH, laid_out, string_literal, tidied

from . import random_python, samples
from .formatters import black, function, ruff

FORMATTERS = [pytest.param(black, id="black"), pytest.param(ruff, id="ruff")]


@pytest.fixture(scope="module")
def bodies() -> dict[str, str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return samples.bodies()


@pytest.mark.parametrize("formatter", FORMATTERS)
@pytest.mark.parametrize("name", ["postgresql | plain", "sqlite | batch", "mysql | prefixes"])
def test_bodies_are_left_alone(formatter, name: str, bodies: dict[str, str]) -> None:  # type: ignore[no-untyped-def]
    source = function(bodies[name])
    assert formatter(source) == source


@pytest.mark.parametrize("formatter", FORMATTERS)
@pytest.mark.parametrize("seed", range(6))
def test_random_statements_are_left_alone_and_mean_the_same(formatter, seed: int) -> None:  # type: ignore[no-untyped-def]
    random = Random(seed)
    statements = [each for each in (random_python.statement(random) for _ in range(120)) if _is_python(each)]
    assert len(statements) > 50
    indented = [f"    {line}" for each in statements for line in laid_out(each, reserved=4).splitlines()]
    source = "\n".join(["def upgrade() -> None:", *indented, ""])
    assert formatter(source) == source
    assert _tree(source) == _tree(
        "\n".join(["def upgrade() -> None:", *(f"    {each}" for each in statements)])
    )


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:  # arguments after keyword arguments, for one
        return False
    return True


def _tree(source: str) -> str:
    return ast.dump(ast.parse(source))


CASES = {
    "what fits stays on its line": ("op.drop_table('t')", 'op.drop_table("t")'),
    "create_table has one argument a line, however short": (
        "op.create_table('t',\nsa.Column('a', sa.Integer()),\n)",
        'op.create_table(\n    "t",\n    sa.Column("a", sa.Integer()),\n)',
    ),
    "a table without columns takes one line": ("op.create_table('t',\n\n)", 'op.create_table("t")'),
    "a comma that says nothing goes": ("sa.Computed('x', )", 'sa.Computed("x")'),
    "the comma of a tuple stays": ("f((1, ), x[1,])", "f((1,), x[1,])"),
    "comments stay where they are": (
        "# one\nop.f('a')\n\n\n\n# two\n#three",
        '# one\nop.f("a")\n\n# two\n# three',
    ),
    "comments within a statement keep it as it is": ("op.f('a',  # why\n  'b')", "op.f('a',  # why\n  'b')"),
    "several lines of text stay as they are": ("op.execute('''a\n  b\n''')", "op.execute('''a\n  b\n''')"),
    "what is no Python stays as it is": ("op.execute(']", "op.execute(']"),
    "blocks keep their indentation": ("if x:\n    op.f('a')\n", 'if x:\n    op.f("a")'),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_layout(case: str) -> None:
    before, after = CASES[case]
    assert laid_out(before) == after
    assert laid_out(after) == after


def test_the_width_counts_the_indentation() -> None:
    text = f"f({'x' * (WIDTH - 7)}, 1)"
    assert len(text) == WIDTH - 1
    assert laid_out(text) == text
    assert laid_out(text, reserved=1) == text
    assert laid_out(text, reserved=2) == f"f(\n    {'x' * (WIDTH - 7)}, 1\n)".replace(", 1\n", ",\n    1,\n")


@pytest.mark.parametrize(
    ("written", "preferred"),
    [
        ("'a'", '"a"'),
        ("''", '""'),
        ("'say \"hi\"'", "'say \"hi\"'"),
        ("'it\\'s'", '"it\'s"'),
        ("'\\'\"'", '"\'\\""'),
        ("'\\'\"\"'", "'\\'\"\"'"),
        ("b'a'", 'b"a"'),
        ("'a\\\\'", '"a\\\\"'),
        ("'''a'''", "'''a'''"),
        ("r'a\\'b'", "r'a\\'b'"),
    ],
)
def test_double_quotes_unless_they_need_more_backslashes(written: str, preferred: str) -> None:
    assert string_literal(written) == preferred
    assert ast.literal_eval(preferred) == ast.literal_eval(written)


@pytest.mark.parametrize("formatter", FORMATTERS)
def test_a_file_has_its_head_tidied(formatter) -> None:  # type: ignore[no-untyped-def]
    parents = tuple(f"{number:012x}" for number in range(8))
    text = (
        '"""first\n\nRevision ID: ab\nRevises: \n\n"""\n\nfrom alembic import op\n\n'
        f"revision: str = 'ab'\ndown_revision = {parents!r}\nbranch_labels = None\ndepends_on = ('x',)\n"
        "\n\ndef upgrade() -> None:\n    op.execute('''  \n''')\n"
    )
    tidy = tidied(text)
    assert 'revision: str = "ab"\n' in tidy
    assert "Revises:\n" in tidy
    assert "'''  \n'''" in tidy, "what is in functions is the author's"
    head = tidy.partition("def upgrade")[0].rstrip() + "\n"
    assert formatter(head) == head
    assert _tree(tidy).replace("Revises: ", "Revises:") == _tree(text).replace("Revises: ", "Revises:")
