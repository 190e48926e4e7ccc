"""Random statements of the kind that revisions consist of."""

from __future__ import annotations

from random import Random

WORDS = (
    "a",
    "name",
    "a_rather_long_identifier",
    "überlang",
    "表名",
    "x" * 70,
    "",
    "it's",
    'say "hi"',
    "\\d'\"",
    "b:c",
)


def statement(random: Random) -> str:
    """One statement: a call, at times within a batch."""
    arguments = [_argument(random, 3) for _ in range(random.randint(0, 6))]
    return f"op.{random.choice(['create_table', 'create_index', 'execute'])}({', '.join(arguments)})"


def _argument(random: Random, depth: int) -> str:
    name = random.choice(["", "", "type_=", "existing_server_default=", "schema="])
    return name + _value(random, depth)


def _value(random: Random, depth: int) -> str:
    kind = random.choice(
        ["string", "string", "number", "constant", "call", "call", "chain", "list", "dict", "tuple"]
    )
    if depth == 0 or kind == "string":
        return repr(random.choice(WORDS) * random.randint(1, 3))
    if kind == "number":
        return random.choice(["5", "-3", "1.5", "1e+16"])
    if kind == "constant":
        return random.choice(["None", "True", "postgresql.JSONB", "b'x'"])
    if kind == "call":
        return _call(
            random, depth, random.choice(["sa.String", "op.f", "postgresql.ENUM", "my.long.module.path.Type"])
        )
    if kind == "chain":
        links = [
            _call(random, depth, random.choice([".with_variant", ".label"]))
            for _ in range(random.randint(1, 3))
        ]
        return _call(random, depth, "sa.Type") + "".join(links)
    items = [_value(random, depth - 1) for _ in range(random.randint(0, 4))]
    if kind == "dict":
        return "{" + ", ".join(f"{random.choice(WORDS)!r}: {item}" for item in items) + "}"
    if kind == "list":
        return (
            f"{random.choice(['', '', '*'])}[{', '.join(items)}]" if depth == 3 else f"[{', '.join(items)}]"
        )
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"


def _call(random: Random, depth: int, name: str) -> str:
    positional = [_value(random, depth - 1) for _ in range(random.randint(0, 3))]
    named = [f"{key}={_value(random, depth - 1)}" for key in ("length", "name")[: random.randint(0, 2)]]
    last = random.choice(["", "", ", "]) if positional or named else ""
    return f"{name}({', '.join([*positional, *named])}{last})"
