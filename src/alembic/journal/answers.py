"""What an exception says of the connection: whether the server has answered."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError


def has_refused(error: BaseException) -> bool:
    """Whether the server has answered that a statement failed."""
    return _database_error(error) is not None and not is_lost(error)


def is_lost(error: BaseException) -> bool:
    found = _database_error(error)
    return found is not None and found.connection_invalidated


def _database_error(error: BaseException | None) -> DBAPIError | None:
    while error is not None and not isinstance(error, DBAPIError):
        error = error.__cause__ or error.__context__
    return error
