"""Times on a course, put together."""

from collections.abc import Iterable
from datetime import datetime

from sessions_app.domain.expected import Span


def union(spans: Iterable[Span]) -> list[Span]:
    """The times that at least one of the spans covers, oldest first, without overlaps."""
    together: list[Span] = []
    for span in sorted(spans, key=lambda each: each.from_at):
        last = together[-1] if together else None
        if last is None or (last.until_at is not None and last.until_at < span.from_at):
            together.append(span)
        else:
            together[-1] = Span(last.from_at, _later(last, span))
    return together


def _later(one: Span, other: Span) -> datetime | None:
    if one.until_at is None or other.until_at is None:
        return None
    return max(one.until_at, other.until_at)
