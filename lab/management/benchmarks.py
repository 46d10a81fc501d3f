"""What the measuring commands have in common: a database of their own, and the clock."""

import contextlib
import statistics
import time
from collections.abc import Callable, Iterator

from django.db import connection
from django.test.utils import setup_test_environment, teardown_test_environment


@contextlib.contextmanager
def own_database() -> Iterator[None]:
    """Make an empty database for the block only, with tables that come from the models, since that
    takes a fifth of the time of all migrations. Mail and caches are as in tests."""
    setup_test_environment(debug=False)
    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["MIGRATE"] = False
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        teardown_test_environment()


def median_ms(
    call: Callable[[], object], runs: int, before: Callable[[], object] = lambda: None
) -> float:
    """The median of ``runs`` calls in ms, each after ``before``, which is not timed.

    One more call goes first, since it compiles templates and opens connections.
    """
    return statistics.median([_timed_ms(call, before) for _ in range(runs + 1)][1:])


def _timed_ms(call: Callable[[], object], before: Callable[[], object]) -> float:
    before()
    started = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - started)
