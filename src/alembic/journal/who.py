"""Who and what runs migrations: user, machine, process, versions."""

from __future__ import annotations

import os
import socket
from typing import NamedTuple

from .. import __version__


class Who(NamedTuple):
    """The one who runs migrations, as rows of the history name it."""

    user_name: str
    host: str
    pid: int
    application_version: str
    tool_version: str


def who(application_version: object = None) -> Who:
    """This process.

    :param application_version: as the user has set it; None if not.
    """
    version = "" if application_version is None else str(application_version)
    return Who(_user(), socket.gethostname()[:255], os.getpid(), version[:255], __version__)


def _user() -> str:
    """The name of the user; in a container that has none for him, his number."""
    import getpass

    try:
        return getpass.getuser()[:255]
    except (ImportError, KeyError, OSError):
        return str(os.getuid()) if hasattr(os, "getuid") else ""


def is_gone(host: str, pid: int) -> bool:
    """Whether that process can be told not to exist any more."""
    if host != socket.gethostname() or pid == os.getpid() or os.name != "posix":
        return False  # elsewhere than on POSIX, asking by a signal would end it
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
