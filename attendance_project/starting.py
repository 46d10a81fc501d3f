"""What a server does before it answers its first call, so that nobody waits for it later.

An import or a model of a network that is loaded during a request holds the interpreter, and with it
all other requests of the process.
"""

import gc
from collections.abc import Callable, Iterator

from django.conf import settings
from django.urls import URLResolver, get_resolver

from attendance_project import leftovers

preparations: list[Callable[[], None]] = []
"""What the apps add when they start. Each is called once, in each process that serves."""


def warm_up() -> None:
    """Import the views, and call ``preparations``, unless the settings leave it out."""
    if not settings.WARM_UP:
        return
    for _ in _resolvers(get_resolver()):
        pass  # each resolver imports its views when its addresses are read
    for prepare in preparations:
        prepare()
    gc.collect()
    gc.freeze()  # else each search for leftovers walks over all that was loaded, and calls wait
    leftovers.search_at_quiet_times()


def _resolvers(resolver: URLResolver) -> Iterator[URLResolver]:
    yield resolver
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _resolvers(pattern)
