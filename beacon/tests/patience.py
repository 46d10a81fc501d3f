"""How long a test waits for what has to happen, before it counts as never going to happen.

A test that passes goes on at once, so the limit is far above what the busiest machine needs.
"""

import asyncio
from collections.abc import Callable

PATIENCE_S = 120
LOOK_EVERY_S = 0.01


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await asyncio.sleep(LOOK_EVERY_S)
