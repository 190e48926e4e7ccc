"""Start one process, wait for it, print what it used: `python -I -S launch.py OUT ERR PROGRAM ARGS…`.

A process of its own because Linux counts the size of whoever starts a program as that program's own peak
memory: this one is as small as a Python process can be.
"""

import os
import sys
import time

out, err, *argv = sys.argv[1:]
flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
files = [
    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
    (os.POSIX_SPAWN_OPEN, 1, out, flags, 0o644),
    (os.POSIX_SPAWN_OPEN, 2, err, flags, 0o644),
]
started = time.perf_counter()
pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=files)
_, status, usage = os.wait4(pid, 0)
wall = time.perf_counter() - started
# Linux counts the peak in KiB, macOS in bytes.
memory = usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
print(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, wall, memory)
