"""What was done to a database, written down in it: the history of runs, and the journal of open steps."""
