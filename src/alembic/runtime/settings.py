"""The options of a migration context: a plain dictionary outside, typed attributes inside."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TextIO, TypeVar, overload

if TYPE_CHECKING:
    from ..script.steps import MigrationStep

T = TypeVar("T")

PlanFn = Callable[[tuple[str, ...], Any], "Iterable[MigrationStep]"]


class Option(Generic[T]):
    """One option: reads its key from the dictionary that the Settings stand on, at every access."""

    def __init__(self, key: str, default: T) -> None:
        self.key = key
        self.default = default

    @overload
    def __get__(self, settings: None, owner: type[Settings]) -> Option[T]: ...
    @overload
    def __get__(self, settings: Settings, owner: type[Settings]) -> T: ...
    def __get__(self, settings: Settings | None, owner: type[Settings]) -> T | Option[T]:
        if settings is None:
            return self
        value: T = settings.options.get(self.key, self.default)
        return value


class Settings:
    """What the runtime itself reads of the options, with types and defaults.

    Users read and write the dictionary (``migration_context.opts``), and third-party code keeps keys of its
    own there; so the dictionary is what holds the values, and these attributes always show its present state.
    """

    __slots__ = ("options",)

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options

    fn = Option[PlanFn | None]("fn", None)
    as_sql = Option[bool]("as_sql", False)
    purge = Option[bool]("purge", False)
    dont_mutate = Option[bool]("dont_mutate", False)
    tag = Option[str | None]("tag", None)
    starting_rev = Option[Any]("starting_rev", None)
    transactional_ddl = Option[bool | None]("transactional_ddl", None)
    transaction_per_migration = Option[bool]("transaction_per_migration", False)
    output_buffer = Option[TextIO | None]("output_buffer", None)
    output_encoding = Option[str | None]("output_encoding", None)
    version_table = Option[str]("version_table", "alembic_version")
    version_table_schema = Option[str | None]("version_table_schema", None)
    version_table_pk = Option[bool]("version_table_pk", True)
    compare_type = Option[Any]("compare_type", True)
    compare_server_default = Option[Any]("compare_server_default", None)

    @property
    def on_version_apply(self) -> tuple[Callable[..., None], ...]:
        """The callbacks, given as one function or as several."""
        return callbacks(self.options.get("on_version_apply"))

    @property
    def starting_revisions(self) -> tuple[str, ...]:
        """Where a script starts from; empty for base."""
        given = self.starting_rev
        names = (given,) if isinstance(given, str) else tuple(given or ())
        return tuple(name for name in names if name not in (None, "base"))

    def script_buffer(self) -> TextIO:
        """The stream that receives a script, encoding it first where an encoding is set."""
        buffer = self.output_buffer or sys.stdout
        return _Encoded(buffer, self.output_encoding) if self.output_encoding else buffer  # type: ignore[return-value]  # only write() and flush() of a stream are used


class _Encoded:
    """A text stream over a binary one, without the buffering of io.TextIOWrapper."""

    def __init__(self, stream: Any, encoding: str) -> None:
        self._stream = stream
        self._encoding = encoding

    def write(self, text: str) -> None:
        self._stream.write(text.encode(self._encoding))

    def flush(self) -> None:
        self._stream.flush()


def callbacks(given: Callable[..., None] | Iterable[Callable[..., None]] | None) -> tuple[Any, ...]:
    """The callbacks as a tuple: one function, several, or none."""
    if given is None:
        return ()
    return (given,) if callable(given) else tuple(given)


def configured(
    command: Mapping[str, Any],
    given: Mapping[str, Any],
    extra: Mapping[str, Any],
) -> dict[str, Any]:
    """The options of one ``configure()`` call: those of the command, then the named ones, then the rest.

    A dictionary of its own for each call: nothing of an earlier call is left in it.

    :param command: what the command runs with.
    :param given: the named parameters; of ``_UNLESS_GIVEN`` only those that say something.
    :param extra: further keywords, kept as they are.
    """
    options = dict(command)
    options.update(
        {key: value for key, value in given.items() if key not in _UNLESS_GIVEN or value is not None}
    )
    options["on_version_apply"] = callbacks(given.get("on_version_apply"))
    options.update(extra)
    return options


# For these None means "not said": the value of the command, or of the dialect, stays.
_UNLESS_GIVEN: Sequence[str] = (
    "autogenerate_plugins",
    "output_buffer",
    "starting_rev",
    "tag",
    "transactional_ddl",
)
