"""IF [NOT] EXISTS on every version of Oracle: the statement runs, and one certain error is passed over.

Oracle has had such words since 23ai only, and not for every statement; a PL/SQL block means the same from the
oldest version to the newest, live and in a script.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import (
    CreateIndex,
    CreateTable,
    DDLElement,
    DropConstraint,
    DropIndex,
    DropTable,
)

from ..sinks import expand_tabs

if TYPE_CHECKING:
    from sqlalchemy.dialects.oracle.base import OracleDDLCompiler

# What Oracle says when there is nothing to do, by construct.
NAME_IN_USE = -955
NO_SUCH_TABLE = -942
COLUMN_EXISTS = -1430
NO_SUCH_COLUMN = -904
NO_SUCH_INDEX = -1418
NO_SUCH_CONSTRAINT = -2443


class PassOver(DDLElement):
    """A statement that may fail with one certain error.

    :param code: the SQLCODE that is no failure, a negative number.
    """

    def __init__(self, statement: DDLElement, code: int) -> None:
        self.statement = statement
        self.code = code


@compiles(PassOver, "oracle")
def _visit_pass_over(element: PassOver, compiler: OracleDDLCompiler, **kw: Any) -> str:
    return pass_over(expand_tabs(compiler.process(element.statement)).strip(), element.code)


def pass_over(sql: str, code: int) -> str:
    """A block that runs the statement; the error of this code is no failure."""
    statement = sql.replace("'", "''")
    return (
        "BEGIN\n"
        f"    EXECUTE IMMEDIATE '{statement}';\n"
        "EXCEPTION\n"
        "    WHEN OTHERS THEN\n"
        f"        IF SQLCODE != {code} THEN\n"
        "            RAISE;\n"
        "        END IF;\n"
        "END;"
    )


def conditional(construct: Any) -> Any:
    """A construct of SQLAlchemy's own in a form that every Oracle understands; mostly itself."""
    code = _code_of_nothing_to_do(construct)
    if code is None:
        return construct
    plain: Any = copy.copy(construct)
    for flag in ("if_exists", "if_not_exists"):
        if hasattr(plain, flag):
            setattr(plain, flag, False)
    return PassOver(plain, code)


def _code_of_nothing_to_do(construct: Any) -> int | None:
    match construct:
        case CreateTable(if_not_exists=True) | CreateIndex(if_not_exists=True):
            return NAME_IN_USE
        case DropTable(if_exists=True):
            return NO_SUCH_TABLE
        case DropIndex(if_exists=True):
            return NO_SUCH_INDEX
        case DropConstraint(if_exists=True):
            return NO_SUCH_CONSTRAINT
    return None
