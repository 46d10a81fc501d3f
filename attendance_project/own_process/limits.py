"""What one function in a process of its own may take, and how a process is held to it."""

import resource
import signal
from pathlib import Path

MOST_CPU_S = 10
"""Seconds of the processor. A list of 20,000 people takes about two."""
MOST_WALL_S = 60
"""Seconds by the clock, for a process that waits or shares the processor with many others. The call
is then refused for now, and not for what it sent."""
MOST_MEMORY = 512 * 1024 * 1024
"""Bytes beyond what the program itself has: a file of 5 MB takes up to about 300 MB as cells."""
AT_ONCE = 2
"""Processes that one server runs at once. Further calls wait for a place."""
MOST_WAIT_S = 30.0
"""Seconds that a call waits for a place at most."""
NICENESS = 10
"""The niceness of these processes: they give way to the web server, which others wait for."""

_PAGES = Path("/proc/self/statm")


def limit_this_process() -> None:
    """Let the system end this process where it takes more than the limits."""
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_S, MOST_CPU_S + 1))
    signal.setitimer(signal.ITIMER_REAL, MOST_WALL_S)
    if limits_memory():
        most = _size() + MOST_MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def limits_memory() -> bool:
    """Whether this system tells how large a process is, and keeps it from growing. Linux does, and
    macOS does not."""
    return _PAGES.exists()


def _size() -> int:
    """Bytes of this process's address space."""
    return int(_PAGES.read_text().split()[0]) * resource.getpagesize()
