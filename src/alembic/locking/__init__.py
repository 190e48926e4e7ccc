"""One run at a time: what keeps two runs from migrating the same database at once.

Each database has a way of its own, of these parts (:class:`~.ways.Way`): a queue, which one run wins; a
life sign, by which others tell a run from what a dead one has left behind; and, together with what writes, a
fence, so that nobody goes on while a statement of an earlier run is still at work.
"""

from __future__ import annotations

from .companion import Lock

__all__ = ["Lock"]
