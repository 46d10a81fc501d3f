"""Room for deep calls, without which a tenth of the time of a test is spent on getting memory.

CPython 3.11 keeps the frames of calls in pieces of 16 KiB, and gives a piece back to the system as
soon as no call is in it. Where Django and pytest together are one piece deep, each small call gets
a piece and gives it back: some 300 times a test. Below one call with a very large frame there is
one large piece with room for all that it calls.
"""

from collections.abc import Callable
from types import FunctionType
from typing import Any, cast

SLOTS = 33_000
"""The size of the large frame in pointers. CPython doubles 16 KiB until the frame fits, which makes
512 KiB, and the other half is the room. What is not touched takes no memory."""


def with_room(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which is changed: it and all that it calls run in one large piece."""
    changed = cast(FunctionType, function)
    changed.__code__ = changed.__code__.replace(co_stacksize=SLOTS)
    return function
