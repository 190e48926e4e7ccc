"""What was generated is run once, into nowhere, before it is written: what fails is marked in the file.

The statements run in a module made of the template, so that they see its imports. They are compiled for the
database that they are for, and end in a script that nobody reads. What only a live database can do is not
tried, nor are operations of an application's own: nobody knows what these touch.
"""

from __future__ import annotations

import ast
import io
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy.exc import CompileError

from .. import console
from ..errors.autogenerate import NotPython
from ..errors.batch import TableUnknownInScript
from ..errors.ddl import (
    ConditionNotInScript,
    DefaultNotInScript,
    NoResultInScript,
    ScriptParametersError,
    UnsupportedByDatabase,
)
from ..errors.operations import AsyncInScript, ConstraintNameUnknown
from ..operations.base import Operations

if TYPE_CHECKING:
    from types import CodeType

    from sqlalchemy.engine.interfaces import Dialect

    from ..ddl.impl import DefaultImpl
    from ..operations.operation import MigrateOperation
    from .context import AutogenContext

#: Failures of a script alone, and one that has a comment already.
_MEANS_NOTHING = (
    ConditionNotInScript,
    DefaultNotInScript,
    NoResultInScript,
    ScriptParametersError,
    AsyncInScript,
    ConstraintNameUnknown,
    TableUnknownInScript,
    TableUnknownInScript,
)


class Body(NamedTuple):
    """The body of a function as rendered, not indented, and the context that it was rendered with."""

    text: str
    context: AutogenContext


def rehearsed(bodies: Mapping[str, Body], source: str, name: str) -> dict[str, str]:
    """The bodies, with a comment above each statement that fails.

    :param bodies: by the names of the template variables that they are for.
    :param source: the revision file that they would be in.
    :param name: what messages call the file.
    :raises NotPython: a body can't be read as Python.
    """
    parsed = {token: _parse(token, body.text) for token, body in bodies.items()}
    module = _module(source, name)
    if module is None:
        return {token: body.text for token, body in bodies.items()}
    return {
        token: _with_remarks(body.text, list(_failures(parsed[token], body.context, module, name)))
        for token, body in bodies.items()
    }


def _parse(token: str, text: str) -> list[ast.stmt]:
    try:
        return ast.parse(text).body
    except (SyntaxError, ValueError) as error:
        lines = text.split("\n")
        at = getattr(error, "lineno", None) or 1
        raise NotPython(token, lines[min(at, len(lines)) - 1].strip(), error) from error


def _module(source: str, name: str) -> dict[str, Any] | None:
    """What the file defines when it is imported; None if that fails, which is said but not refused."""
    namespace: dict[str, Any] = {"__name__": "alembic_rehearsal", "__file__": name}
    try:
        code: CodeType = compile(source, name, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None  # the template's own mistake; it is found when the file is checked
    try:
        with _quiet():
            exec(code, namespace)
    except Exception as error:  # whatever the imports and the code of a template may raise
        console.warn(f"{name} can't be imported as it is: {_said(error)}")
        return None
    return namespace


def _failures(
    statements: list[ast.stmt], autogen_context: AutogenContext, module: dict[str, Any], name: str
) -> Iterator[tuple[int, str]]:
    """The line of each statement that fails, and why."""
    try:
        stage = _Stage(autogen_context)
    except Exception as error:  # a dialect of a third party that makes itself in its own way
        console.warn(
            f"the operations can't be tried on {type(autogen_context.dialect).__name__}: {_said(error)}"
        )
        return
    namespace = dict(module)
    with stage.entered(), _quiet():
        for statement in statements:
            code = compile(ast.Module([statement], []), name, "exec", dont_inherit=True)
            try:
                exec(code, namespace)
            except _MEANS_NOTHING:
                continue
            except (UnsupportedByDatabase, CompileError, NotImplementedError) as error:
                # Where tables are rebuilt, a live run can do what a script can't.
                if stage.alters_tables:
                    yield statement.lineno, f"{stage.dialect.name} can't do this: {_said(error)}"
            except Exception as error:  # the text is as good as what it was rendered from
                yield statement.lineno, f"this doesn't run as it is: {_said(error)}"


def _with_remarks(text: str, failures: list[tuple[int, str]]) -> str:
    lines = text.split("\n")
    for line, remark in reversed(failures):
        console.warn(f"an operation is marked in the new revision: {remark}")
        lines.insert(line - 1, f"# {remark}")
    return "\n".join(lines)


def _said(error: Exception) -> str:
    first = next(iter(str(error).splitlines()), "")
    kind = type(error).__name__
    if isinstance(error, (UnsupportedByDatabase, CompileError)):
        return first
    return f"{kind}: {first}" if first else kind


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class _Stage:
    """A migration that leads nowhere: what operations need to know of one."""

    connection = None
    bind = None
    as_sql = True

    def __init__(self, autogen_context: AutogenContext) -> None:
        real = autogen_context.migration_context
        self.opts: dict[str, Any] = {**real.opts, "as_sql": True, "literal_binds": True}
        self.impl: DefaultImpl = type(real.impl)(
            real.dialect, None, True, real.impl.transactional_ddl, io.StringIO(), self.opts
        )
        self.dialect: Dialect = self.impl.dialect

    @property
    def alters_tables(self) -> bool:
        features = self.impl.features
        return features.alters_columns and features.alters_constraints

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Let ``alembic.op`` speak for this migration."""
        operations = _Rehearsal(self)
        operations._install_proxy()
        try:
            yield
        finally:
            operations._remove_proxy()


class _Rehearsal(Operations):
    """Carries out the operations of this package, and no others."""

    def invoke(self, operation: MigrateOperation) -> Any:
        function = self._to_impl.dispatch(operation, self.migration_context.impl.__dialect__)
        if function.__module__.partition(".")[0] != __package__.partition(".")[0]:
            return None
        return super().invoke(operation)
