"""Running migrations: contexts, the version table, transactions, the runner and its events, plugins."""
