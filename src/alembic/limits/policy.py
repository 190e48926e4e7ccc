"""Which limits are wanted: by the revision file first, then by the configuration, then by the preset."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ..configuration.values import setting
from ..errors.configuration import ConfigValueInvalid
from .durations import seconds_of
from .kinds import Kind

if TYPE_CHECKING:
    from ..configuration.values import Settings
    from ..script.steps import MigrationStep

#: Readers wait for three seconds at most, some ten times within three minutes and a half; what rewrites a
#: table, and so keeps everybody from it, may take five minutes. Changes of rows may take as long as they do.
RECOMMENDED: Mapping[str, object] = {"lock_timeout": 3, "ddl_statement_timeout": 300, "lock_retries": 10}

LIMITED = (Kind.DDL, Kind.DML, Kind.ONLINE)
_LIMITS = ("lock_timeout", "statement_timeout")
KEYS = frozenset(
    [
        *_LIMITS,
        *(f"{kind.value}_{name}" for kind in LIMITED for name in _LIMITS),
        "lock_retries",
        "lock_backoff",
    ]
)


class Timeouts(NamedTuple):
    """The limits of one statement, in seconds: zero is none at all, None whatever the session has anyway."""

    lock: float | None = None
    statement: float | None = None


class Terms(NamedTuple):
    """What is wanted for the statements of one step.

    :param timeouts: by kind.
    :param retries: so many times a lock may be waited for again.
    :param backoff: seconds before the first of these; they double until they are half a minute.
    """

    timeouts: Mapping[Kind, Timeouts]
    retries: int
    backoff: float

    def patience(self) -> float | None:
        """Seconds after which a lock is given up for good; None without such a limit."""
        timeout = self.timeouts[Kind.DDL].lock
        if not timeout:
            return None
        return timeout * (self.retries + 1) + sum(self.delay(n + 1) for n in range(self.retries))

    def delay(self, attempt: int) -> float:
        """Seconds to wait before an attempt; the first is the one that comes after a failure."""
        return float(min(self.backoff * 2 ** (attempt - 1), 30.0))


class Policy:
    """The limits that a configuration wants, and with it each revision file.

    :raises ConfigValueInvalid: ``timeouts`` is none of its values.
    """

    def __init__(self, config: Settings) -> None:
        self._config = config
        chosen = str(setting(config, "timeouts") or "off").strip().lower()
        if chosen not in ("off", "recommended"):
            raise ConfigValueInvalid("timeouts", chosen, "recommended or off")
        self._preset = RECOMMENDED if chosen == "recommended" else {}
        self._configured = {key: value for key in sorted(KEYS) if (value := setting(config, key)) is not None}

    def terms(self, step: MigrationStep | None) -> Terms | None:
        """What is wanted for a step, or for what is done around the steps; None if nobody wants anything.

        :raises ConfigValueInvalid: a value is of no use.
        """
        revision = getattr(step, "revision", None)
        said = vars(getattr(revision, "module", None) or _Nothing)
        own = {key: said[key] for key in KEYS if key in said and said[key] is not None}
        if not (own or self._configured or self._preset):
            return None
        where = f" of revision {revision.revision}" if own and revision is not None else ""
        sources = ((own, where), (self._configured, ""), (self._preset, ""))
        return Terms(
            {kind: Timeouts(*(_limit(sources, kind, name) for name in _LIMITS)) for kind in LIMITED},
            int(_first(sources, "lock_retries", _count) or 0),
            _value(_first(sources, "lock_backoff", seconds_of), 1.0),
        )


class _Nothing:
    """Stands in for the module of a step without one."""


_Sources = tuple[tuple[Mapping[str, Any], str], ...]


def _limit(sources: _Sources, kind: Kind, name: str) -> float | None:
    """One limit; what is online is exempt from those that don't name it."""
    own = f"{kind.value}_{name}"
    for source, where in sources:
        for key in (own,) if kind is Kind.ONLINE else (own, name):
            if key in source:
                return seconds_of(key + where, source[key])
    return 0.0 if kind is Kind.ONLINE else None


def _first(sources: _Sources, key: str, read: Callable[[str, object], float]) -> float | None:
    return next((read(key + where, source[key]) for source, where in sources if key in source), None)


def _value(found: float | None, default: float) -> float:
    return default if found is None else found


def _count(key: str, value: object) -> float:
    text = str(value).strip()
    if not text.isdigit():
        raise ConfigValueInvalid(key, text, "a whole number that is not negative")
    return float(text)
