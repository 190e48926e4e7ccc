"""Foreseeable mistakes, recognised from the exceptions they end in, and what helps against each."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, NamedTuple

from ..masking import masked
from .places import shown_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

_STATEMENT_LINES = 10
_STATEMENT_WIDTH = 400
_PARAMETERS_WIDTH = 300


class Explanation(NamedTuple):
    """What is said about an exception besides the place it came from."""

    headline: str
    details: Sequence[str] = ()
    hint: str | None = None
    foreseen: bool = True


def explain(error: BaseException) -> Explanation:
    """What happened and what helps; passwords are masked."""
    explained = next((found for rule in _RULES if (found := rule(error))), None) or _unforeseen(error)
    return Explanation(
        masked(explained.headline),
        [masked(line) for line in explained.details],
        explained.hint,
        explained.foreseen,
    )


# -- rules: each recognises one kind of exception, or returns None -------------------------------------------


def _syntax_error(error: BaseException) -> Explanation | None:
    if not isinstance(error, SyntaxError):
        return None
    details = [shown_path(error.filename or "?") + (f", line {error.lineno}" if error.lineno else "")]
    if error.text:
        code = error.text.rstrip()
        details.append(f"  {code.lstrip()}")
        if error.offset:
            column = error.offset - 1 - (len(code) - len(code.lstrip()))
            details.append("  " + " " * max(column, 0) + "^")
    return Explanation(f"{type(error).__name__}: {error.msg}", details)


def _ini_value(error: BaseException) -> Explanation | None:
    configparser = sys.modules.get("configparser")
    if not configparser or not isinstance(error, configparser.InterpolationError):
        return None
    what = f"The value of '{error.option}' in section [{error.section}] of the ini file"
    hint = "Write a literal per cent sign twice: %40 in a URL becomes %%40."
    if isinstance(error, configparser.InterpolationMissingOptionError):
        return Explanation(f"{what} refers to %({error.reference})s, which is not set", hint=hint)
    return Explanation(f"{what} has a per cent sign that begins no %(name)s", hint=hint)


def _no_url(error: BaseException) -> Explanation | None:
    if not (isinstance(error, KeyError) and error.args == ("url",)):
        return None
    if "engine_from_config" not in _innermost_functions(error):
        return None
    return Explanation(
        "No database URL is configured", hint="Set sqlalchemy.url in the section that env.py reads it from."
    )


def _no_module(error: BaseException) -> Explanation | None:
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return None
    if "import_dbapi" in _innermost_functions(error):
        hint = (
            f"The database URL asks for the driver {error.name}: install it, or name another one in the URL."
        )
        return Explanation(f"Database driver is not installed: {error}", hint=hint)
    return Explanation(
        str(error),
        hint="Install it; if it is your own package, check prepend_sys_path, and that you are in the right "
        "directory\nand Python environment.",
        foreseen=False,  # a module of our own that is missing is a fault worth a traceback
    )


def _no_dialect(error: BaseException) -> Explanation | None:
    sa = sys.modules.get("sqlalchemy.exc")
    if not sa or not isinstance(error, sa.NoSuchModuleError):
        return None
    return Explanation(
        str(error.args[0]),
        hint="The database URL names a database or driver that SQLAlchemy does not know: check its first\n"
        "part, or install the package that brings the dialect.",
    )


def _bad_url(error: BaseException) -> Explanation | None:
    sa = sys.modules.get("sqlalchemy.exc")
    if not sa or not isinstance(error, sa.ArgumentError | ValueError):
        return None
    if not {"make_url", "_parse_url"} & set(_innermost_functions(error)):
        return None
    return Explanation(
        _first_line(error),
        hint="A database URL is dialect+driver:// followed by user:password@host:port/database, with\n"
        "characters such as @ and / in the password written as %40 and %2F (%%40 and %%2F in an ini file).",
    )


def _database(error: BaseException) -> Explanation | None:
    sa = sys.modules.get("sqlalchemy.exc")
    if not sa or not isinstance(error, sa.DBAPIError) or isinstance(error, sa.DontWrapMixin):
        return None
    url = _engine_url(error)
    if url is not None:
        return _no_connection(error, error.orig, url)
    headline = str(error.args[0] if error.args else error.orig)
    return Explanation(headline, [*_statement(error), *_notes(error)])


def _driver(error: BaseException) -> Explanation | None:
    """What asyncio drivers raise while they connect: SQLAlchemy passes that on as it is."""
    foreign = type(error).__module__.partition(".")[0] not in {"builtins", "sqlalchemy", "alembic"}
    url = _engine_url(error) if foreign or isinstance(error, OSError) else None
    return None if url is None else _no_connection(error, error, url)


def _no_connection(error: BaseException, reason: BaseException | None, url: Any) -> Explanation:
    said = str(reason)
    if url.password:
        # Only where a driver shows it as such: "postgres" may well be the user and the database, too.
        said = re.sub(rf"(passw(?:or)?d\W+){re.escape(str(url.password))}", r"\1***", said)
    if url.host is None and url.database:
        hint = "Does its directory exist, and are you allowed to write there?"
    else:
        hint = "Is the server running, and are host, port, user, password and database name of the URL right?"
    return Explanation(
        f"Can't connect to the database: ({type(reason).__name__}) {said}",
        [f"database: {url.render_as_string(hide_password=True)}", *_notes(error)],
        hint,
    )


def _statement(error: Any) -> list[str]:
    """The statement and its parameters; nothing for what has none, such as a failed commit."""
    if error.statement is None:
        return []
    lines = masked(error.statement).strip().splitlines()
    shown = lines[:_STATEMENT_LINES]
    if len(lines) > len(shown):
        shown.append(f"... ({len(lines) - len(shown)} more lines)")
    result = ["statement:", *(f"  {_cut(line, _STATEMENT_WIDTH)}" for line in shown)]
    if error.params and not error.hide_parameters:
        from sqlalchemy.sql.util import _repr_params

        params = masked(str(_repr_params(error.params, 10, ismulti=error.ismulti)))
        result.append(f"parameters: {_cut(params, _PARAMETERS_WIDTH)}")
    return result


def _sqlalchemy(error: BaseException) -> Explanation | None:
    sa = sys.modules.get("sqlalchemy.exc")
    if not sa or not isinstance(error, sa.SQLAlchemyError):
        return None
    return Explanation(f"{type(error).__name__}: {_first_paragraph(error)}", _notes(error), foreseen=False)


def _operating_system(error: BaseException) -> Explanation | None:
    if not isinstance(error, OSError) or error.strerror is None:
        return None
    # Without a file name it is a stream that failed, such as standard output on a full disk.
    place = "" if error.filename is None else f": {shown_path(str(error.filename))}"
    return Explanation(f"{error.strerror}{place}", _notes(error))


def _unforeseen(error: BaseException) -> Explanation:
    text = str(error)
    name = type(error).__name__
    details = [*_notes(error), *_members(error), *_causes(error)]
    return Explanation(f"{name}: {text}" if text else name, details, foreseen=False)


_RULES: tuple[Callable[[BaseException], Explanation | None], ...] = (
    _syntax_error,
    _ini_value,
    _no_url,
    _no_module,
    _no_dialect,
    _bad_url,
    _database,
    _sqlalchemy,
    _driver,
    _operating_system,
)


# -- facts about exceptions ----------------------------------------------------------------------------------


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[:width]} ..."


def _notes(error: BaseException) -> list[str]:
    return [line for note in getattr(error, "__notes__", ()) for line in str(note).splitlines()]


def _members(error: BaseException) -> list[str]:
    """The exceptions in a group, such as those of several tasks, one line each."""
    members = getattr(error, "exceptions", ())
    if not isinstance(members, tuple):  # an attribute of somebody's own
        return []
    return [f"- {type(one).__name__}: {_first_line(one)}" for one in members]


def _causes(error: BaseException) -> Iterator[str]:
    """The exceptions behind an exception, one line each."""
    seen = {id(error)}
    while True:
        cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if cause is None or id(cause) in seen:
            return
        seen.add(id(cause))
        yield f"because of {type(cause).__name__}: {_first_line(cause)}"
        error = cause


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "")


def _first_paragraph(error: BaseException) -> str:
    """The message without SQLAlchemy's pointer to its web page."""
    return re.sub(r"\n?\(Background on this error at: .*\)", "", str(error)).strip()


def _innermost_functions(error: BaseException) -> list[str]:
    """The names of the functions on the way to the exception."""
    names = []
    trace = error.__traceback__
    while trace is not None:
        names.append(trace.tb_frame.f_code.co_name)
        trace = trace.tb_next
    return names[-6:]


def _engine_url(error: BaseException) -> Any:
    """The URL of the engine that failed to connect, None if the exception has nothing to do with connecting.

    The exception does not carry it; the frame in which the engine asks its pool for a connection does.
    """
    engine = sys.modules.get("sqlalchemy.engine")
    trace = error.__traceback__
    while engine and trace is not None:
        frame = trace.tb_frame
        if frame.f_code.co_name == "raw_connection" and isinstance(frame.f_locals.get("self"), engine.Engine):
            return frame.f_locals["self"].url
        trace = trace.tb_next
    return None
