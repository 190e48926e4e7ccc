"""SQL Server: an application lock of the session that writes, or of the caller's transaction.

The server ends a session whose client is gone, together with its statement, so no life sign is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from .holder import Holder
from .key import Key, declared_schema
from .ways import Way

if TYPE_CHECKING:
    from ..runtime.migration import MigrationContext

# NOCOUNT: the only result is that of the SELECT.
_REQUEST = """\
SET NOCOUNT ON; DECLARE @outcome int; EXEC @outcome = sp_getapplock @Resource = N'{name}', \
@LockMode = 'Exclusive', @LockOwner = '{owner}', @LockTimeout = {milliseconds}; SELECT @outcome"""
_RELEASE = "EXEC sp_releaseapplock @Resource = N'{name}', @LockOwner = 'Session'"
# The description has the first 32 characters of the name; a bracket means something to LIKE.
_WHO = """\
SELECT s.session_id, s.login_name, s.host_name, s.host_process_id, s.program_name, \
CONVERT(varchar, s.login_time, 126), s.status \
FROM sys.dm_tran_locks l JOIN sys.dm_exec_sessions s ON s.session_id = l.request_session_id \
WHERE l.resource_type = 'APPLICATION' AND l.request_status = 'GRANT' AND \
l.resource_database_id = DB_ID() AND CHARINDEX('{name}', l.resource_description) > 0"""


class MSSQL(Way):
    """See above; :class:`Way` says what each method is for."""

    pause = 0.0  # the server lets the attempts wait

    def __init__(self, context: MigrationContext, *, is_callers: bool) -> None:
        super().__init__(context, is_callers=is_callers)
        self._key = Key("", "")
        self._is_ours = False

    def prepare(self) -> None:
        """One statement, unless env.py has named a schema."""
        schema = declared_schema(self.context)
        if schema is None:
            schema = self.connection.exec_driver_sql("SELECT SCHEMA_NAME()").scalar() or ""
        self._key = Key(schema, self.context.version_table)

    def request(self, *, again: bool) -> bool:
        """One attempt; the server lets it wait for a second, except the first."""
        sql = request(self._key, "Transaction" if self.is_callers else "Session", 1000 * again)
        outcome = self.connection.exec_driver_sql(sql).scalar()
        self._is_ours = outcome is not None and outcome >= 0
        return self._is_ours

    def free(self) -> None:
        """The caller's transaction frees it by itself."""
        if self._is_ours and not self.is_callers:
            self._is_ours = False
            self.connection.exec_driver_sql(_RELEASE.format(name=self._key.name()))
            if self.context._transaction is None:
                self.connection.commit()

    def holder(self) -> Holder | None:
        """The session; None for users who may not look at others."""
        try:
            row = self.connection.exec_driver_sql(_WHO.format(name=self._key.name())).first()
        except DBAPIError:
            return None
        if row is None:
            return None
        session, login, host, pid, program, since, status = row
        return Holder(
            session=str(session),
            database_user=login or "",
            host=host or "",
            pid=pid or 0,
            application=program or "",
            since=since or "",
            activity=status or "",
        )

    def end_holder(self) -> list[Holder]:
        """End the session that has the lock."""
        found = self.holder()
        if found is None:
            return []
        self.connection.exec_driver_sql(f"KILL {int(found.session)}")
        return [found]


def request(key: Key, owner: str, milliseconds: int) -> str:
    """The batch that asks for the lock; it gives 0 or 1 if it is won, less than that if not."""
    return _REQUEST.format(name=key.name(), owner=owner, milliseconds=milliseconds)


WAY = MSSQL
