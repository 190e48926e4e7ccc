"""MySQL and MariaDB."""

from .compile import MySQLAlterDefault, MySQLChangeColumn, MySQLModifyColumn
from .operations import MariaDBImpl, MySQLImpl

__all__ = ["MariaDBImpl", "MySQLAlterDefault", "MySQLChangeColumn", "MySQLImpl", "MySQLModifyColumn"]
