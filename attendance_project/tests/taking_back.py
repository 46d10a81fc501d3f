"""Take back what is written to the database, so that one world serves many calls that write."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import transaction

CAN_TAKE_BACK = not settings.MONGODB_URL
"""Whether the database takes back what a block has written. MongoDB does not in tests."""


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is written inside is not there afterwards."""
    block = transaction.atomic()
    block._from_testcase = True  # as around a test: blocks that have to be outermost may be inside
    with block:
        yield
        transaction.set_rollback(True)
