"""What :class:`~alembic.testing.crash.forks.Forks` runs."""

import sys

from .forks import serve

serve(sys.argv[1])
