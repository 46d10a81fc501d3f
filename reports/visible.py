"""What the pages and the API answer where a viewer may not see something."""

from typing import TypeVar

from django.http import Http404

T = TypeVar("T")


def visible_or_404(thing: T | None) -> T:
    """The thing itself. Raises Http404 for None, so that what may not be seen does not exist."""
    if thing is None:
        raise Http404
    return thing
