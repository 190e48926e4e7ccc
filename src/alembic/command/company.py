"""What accompanies the runs of commands that change a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..configuration import Config
    from ..journal.decision import Decision
    from ..runtime.companions import Companion, Factory
    from ..runtime.migration import MigrationContext


def companions(
    config: Config, lock_wait: float | None = None, decision: Decision | None = None
) -> tuple[Factory, ...]:
    """Makers of the companions of a run, in the order in which they come; see :mod:`..runtime.companions`.

    :param config: says which of them are wanted, and how.
    :param lock_wait: seconds to wait for another run, if the command was told.
    :param decision: about statements of an interrupted run; such a run is always recorded.
    """
    from ..configuration.values import is_on, number_of, setting
    from ..limits.policy import Policy

    policy = Policy(config)
    terms = policy.terms(None)  # what has no meaning there is an error, whether or not there are steps
    file_wait = None if terms is None else terms.patience()
    version = setting(config, "application_version")
    wait = number_of(config, "lock_wait", lock_wait, default=300)
    is_recorded = decision is not None or is_on(config, "recovery", default=True)

    # Each is loaded when there are steps to run: mostly there are none.
    def limits(context: MigrationContext) -> Companion:
        from ..limits.companion import Limits

        return Limits(context, policy)

    def lock(context: MigrationContext) -> Companion:
        from ..locking import Lock

        return Lock(context, wait, None if version is None else str(version), file_wait)

    def account(context: MigrationContext) -> Companion:
        from ..runtime.standing import Account

        return Account(context, is_recorded=is_recorded)

    def recovery(context: MigrationContext) -> Companion:
        from ..journal.recovery import Recovery

        return Recovery(context, decision)

    def record(context: MigrationContext) -> Companion:
        from ..journal.recorder import Recorder

        return Recorder.of(context, config)

    wanted = (
        (limits, True),
        (lock, is_on(config, "lock", default=True)),
        (account, True),
        (recovery, is_recorded),
        (record, is_on(config, "history", default=True)),
    )
    return tuple(maker for maker, is_wanted in wanted if is_wanted)
