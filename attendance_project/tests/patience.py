"""How long a test waits for what has to happen, before it counts as never going to happen.

A test that passes never waits this long: it goes on as soon as what it waits for is there. So the
limit may be far above what the slowest and busiest machine needs, and only a broken program meets
it.
"""

PATIENCE_S = 120
PATIENCE_MS = PATIENCE_S * 1000
