"""A database schema as an immutable value: of models, of a database, later of a replayed history.

Nothing is imported here: a command that compares nothing needs no more than the tokens of SQL.
"""
