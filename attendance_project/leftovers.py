"""Chooses when Python searches for leftovers: objects that nothing needs and that name each other.

A search walks over all objects in one go and keeps every call waiting. Python begins one whenever
many new objects have come, which is just when a large file is being read: the events of a calendar
made others wait for 2 s. So a server searches when few objects are there.
"""

import gc
import sys
import time
from threading import Thread

EVERY_S = 5.0
"""Seconds from one look whether a search is due to the next."""
FEW_BLOCKS = 200_000
"""Blocks of memory, above those of the program itself, up to which a search is short: 0.1 s on a
busy machine. An object has one or two."""
LONGEST_S = 120.0
"""Seconds for which a search is put off at most, so that leftovers do not fill the memory."""
_NEVER = 2**31 - 1


def search_at_quiet_times() -> None:
    """Begin to do so, for as long as this process lives."""
    young, middle, _old = gc.get_threshold()
    gc.set_threshold(young, middle, _NEVER)
    arguments = (sys.getallocatedblocks(),)
    Thread(target=_search_again_and_again, args=arguments, name="leftovers", daemon=True).start()


def is_due(more_blocks: int, put_off_s: float) -> bool:
    """Whether to search now, that so many blocks are there beyond the program's own."""
    return more_blocks <= FEW_BLOCKS or put_off_s >= LONGEST_S


def _search_again_and_again(blocks_at_start: int) -> None:
    searched_at_s = time.monotonic()
    while True:
        time.sleep(EVERY_S)
        more_blocks = sys.getallocatedblocks() - blocks_at_start
        if is_due(more_blocks, time.monotonic() - searched_at_s):
            gc.collect()
            searched_at_s = time.monotonic()
