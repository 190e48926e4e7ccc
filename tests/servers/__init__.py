"""Database servers that the test suite starts for itself and stops again.

Each runs on a private data directory and a loopback port, with durability off, and is started when the first
test asks for it. `Unavailable` carries the reason when a server cannot be had on this machine.
"""

from tests.servers.lease import Lease, Server, lease
from tests.servers.process import Unavailable

__all__ = ["Lease", "Server", "Unavailable", "lease"]
