"""The same models and database give the same bytes, whatever the hash seed."""

from __future__ import annotations

import re

from .conftest import Modelled

BEFORE = "".join(
    f'sa.Table("gone{n}", metadata, sa.Column("id", sa.Integer, primary_key=True),'
    f' sa.Column("x", sa.Integer, index=True), sa.UniqueConstraint("x", name="uq_gone{n}"))\n'
    for n in range(4)
) + (
    'sa.Table("t", metadata, *[sa.Column(f"c{n}", sa.Integer, index=True) for n in range(6)],'
    ' *[sa.CheckConstraint(f"c{n} > 0", name=f"ck{n}") for n in range(4)])\n'
)
AFTER = (
    'sa.Table("t", metadata, *[sa.Column(f"d{n}", sa.Text, index=True) for n in range(6)],'
    ' *[sa.UniqueConstraint(f"d{n}", name=f"uq{n}") for n in range(4)])\n'
    + "".join(
        f'sa.Table("came{n}", metadata, sa.Column("id", sa.Integer, primary_key=True),'
        f' *[sa.Column(f"r{{k}}", sa.ForeignKey(f"came{{k}}.id")) for k in range({n})])\n'
        for n in range(4)
    )
)


def test_a_revision(modelled: Modelled):
    modelled.models(BEFORE)
    modelled.create()
    modelled.models(AFTER)
    found = set()
    for seed in ("0", "1", "2"):
        made = modelled.run(
            "revision", "--autogenerate", "--rev-id", "aa11", env={"PYTHONHASHSEED": seed}
        ).ok()
        [path] = modelled.files()
        text = re.sub(r"Create Date: .*", "", path.read_text())
        found.add((text, made.stderr))
        path.unlink()
    assert len(found) == 1
