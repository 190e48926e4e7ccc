"""The exit statuses of the program, success and argparse's 2 apart."""

from __future__ import annotations

COMMAND_ERROR = -1  # 255 to the shell
OTHER_ERROR = 1
NOT_AT_HEAD = 3  # of check: there was nothing to compare with; 255 stays for real differences
INTERRUPTED = 130  # what a shell reports for a program ended by Ctrl-C
READER_GONE = 141  # and for one whose output nobody reads any longer
