"""Random CREATE TABLE statements in every way that SQLite takes them."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

_SPACE = st.sampled_from([" ", "\n", "\t ", " /* a, ) b */ ", " -- it's, (\n"])
_CONFLICT = st.sampled_from(["", "", " ON CONFLICT REPLACE", " on conflict ignore"])
_QUOTES = ("{}", '"{}"', "[{}]", "`{}`", '"{} x"', "[{},(]")
_TYPES = """

INTEGER
INT
VARCHAR(10)
varchar ( 10 )
NUMERIC(10, 2)
double precision
[my type]
'quoted'
UNSIGNED BIG INT
BLOB
GEOMETRY(1,-2)
""".splitlines()[1:]
_DEFAULTS = """
1
-1
+ 1.5
'it''s, ('
"quoted"
bare
NULL
CURRENT_TIMESTAMP
true
(1 + (2))
('a' || ')')
x'00'
1e3
(datetime('now'))
""".strip().splitlines()
_EXPRESSIONS = ("1", "length('a,)') > 0", "(1 + 2) * 3 > 0", "1 IN (1, 2, 3)", "1 BETWEEN 0 AND (2)")
_ACTIONS = """

 ON DELETE CASCADE
 on update set null ON DELETE NO ACTION
 DEFERRABLE INITIALLY DEFERRED
 NOT DEFERRABLE
 MATCH full ON DELETE SET DEFAULT deferrable
""".splitlines()[1:]


@st.composite
def create_table(draw: st.DrawFn) -> str:
    """A statement that SQLite takes; the table it refers to need not exist."""
    counter = iter(range(1000))

    def named() -> str:
        return f"CONSTRAINT c{next(counter)} " if draw(st.booleans()) else ""

    def quoted(name: str) -> str:
        return draw(st.sampled_from(_QUOTES)).format(name)

    names = [quoted(f"col{number}") for number in range(draw(st.integers(1, 5)))]
    key_at = draw(st.integers(-1, len(names) - 1))
    definitions = []
    for number, name in enumerate(names):
        clauses = [_clause(draw, named) for _ in range(draw(st.integers(0, 3)))]
        type_ = draw(st.sampled_from(_TYPES))
        if number == key_at:
            type_ = "INTEGER"
            clauses.insert(
                0, draw(st.sampled_from(["PRIMARY KEY", "primary key asc", "PRIMARY KEY AUTOINCREMENT"]))
            )
        elif number > 0 and draw(st.integers(0, 5)) == 0:
            storage = draw(st.sampled_from(["", " STORED", " virtual"]))
            start = draw(st.sampled_from(["GENERATED ALWAYS AS", "AS"]))
            clauses = [f"{start} (1 + (2)){storage}"]
        space = draw(_SPACE)
        definitions.append(space.join(part for part in (name, type_, *clauses) if part))
    constraints = [_constraint(draw, named, names) for _ in range(draw(st.integers(0, 3)))]
    text = draw(_SPACE) + ("," + draw(_SPACE)).join(definitions)
    for constraint in constraints:
        comma = "," if constraint is constraints[0] or draw(st.booleans()) else " "
        text += comma + draw(_SPACE) + constraint
    options = (
        draw(st.sampled_from(["", "", " WITHOUT ROWID"]))
        if key_at >= 0 and "AUTOINCREMENT" not in text
        else ""
    )
    return f"CREATE TABLE{draw(_SPACE)}{quoted('t')}{draw(_SPACE)}({text}{draw(_SPACE)}){options}"


def _clause(draw: st.DrawFn, named: Callable[[], str]) -> str:
    name = named()
    kind = draw(st.integers(0, 6))
    if kind == 0:
        return f"{name}NOT NULL{draw(_CONFLICT)}"
    if kind == 1:
        return f"{name}UNIQUE{draw(_CONFLICT)}"
    if kind == 2:
        return f"{name}CHECK ({draw(st.sampled_from(_EXPRESSIONS))})"
    if kind == 3:
        return f"{name}DEFAULT {draw(st.sampled_from(_DEFAULTS))}"
    if kind == 4:
        return f"{name}COLLATE {draw(st.sampled_from(['NOCASE', 'rtrim', '[BINARY]']))}"
    if kind == 5:
        columns = draw(st.sampled_from(["", "(x)", '( "x y" )']))
        return f"{name}REFERENCES parent{columns}{draw(st.sampled_from(_ACTIONS))}"
    return f"{name}NULL"


def _constraint(draw: st.DrawFn, named: Callable[[], str], names: list[str]) -> str:
    name = named()
    columns = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
    kind = draw(st.integers(0, 2))
    if kind == 0:
        return f"{name}CHECK({draw(st.sampled_from(_EXPRESSIONS))}){draw(_CONFLICT)}"
    if kind == 1:
        ends = draw(st.sampled_from(["", " DESC", " COLLATE nocase asc"]))
        return f"{name}UNIQUE ({', '.join(column + ends for column in columns)}){draw(_CONFLICT)}"
    others = ", ".join(f"x{number}" for number in range(len(columns)))
    return f"{name}FOREIGN KEY ({', '.join(columns)}) REFERENCES [other table] ({others})" + draw(
        st.sampled_from(_ACTIONS)
    )
