"""What a database holds, as values that can be compared: its schema as text, and its rows.

:func:`dump` reads it all; it is meant for the small databases of tests.
"""

from .compare import difference, unstable_columns
from .content import Dump, Rows, dump

__all__ = ["Dump", "Rows", "difference", "dump", "unstable_columns"]
