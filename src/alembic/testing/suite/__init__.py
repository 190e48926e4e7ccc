"""Tests that a dialect runs as its own: ``from alembic.testing.suite import *``.

They run on the database under test of SQLAlchemy's pytest plugin; what it cannot do is said by the
requirements of the dialect, see :class:`alembic.testing.requirements.SuiteRequirements`.
"""

from .backend import BackendAlterColumnTest
from .columns import AlterColumnTest, AutoincrementTest
from .comments import AutogenerateCommentsTest, AutogenerateEmptyCommentsTest
from .foreign_keys import AutogenerateFKOptionsTest, AutogenerateForeignKeysTest
from .generated import AutogenerateComputedTest, AutogenerateIdentityTest
from .hooks import IncludeHooksTest
from .transactions import MigrationTransactionTest

__all__ = [
    "AlterColumnTest",
    "AutogenerateCommentsTest",
    "AutogenerateComputedTest",
    "AutogenerateEmptyCommentsTest",
    "AutogenerateFKOptionsTest",
    "AutogenerateForeignKeysTest",
    "AutogenerateIdentityTest",
    "AutoincrementTest",
    "BackendAlterColumnTest",
    "IncludeHooksTest",
    "MigrationTransactionTest",
]
