"""Limits of time: how long a statement may wait for a lock, and run; and what is tried again afterwards.

- ``durations``: the text of a time.
- ``kinds``: what a statement is, as far as limits go.
- ``policy``: which limits are wanted, by the configuration and by a revision file.
- ``means``: what a database offers; ``postgresql``, ``mysql`` and ``sqlite``: how it is done there.
- ``companion``: sets the limits before the statements of a run, and has tried again what can be.
"""
