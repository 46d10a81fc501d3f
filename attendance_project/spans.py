"""Times that begin and end: how they are compared, put together, and kept as JSON."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Span:
    """A time from a moment until another one, or None while it lasts."""

    from_at: datetime
    until_at: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        return self.from_at <= moment and (self.until_at is None or moment < self.until_at)

    def touches(self, from_at: datetime, until_at: datetime) -> bool:
        """Whether it covers the first moment, or begins before the second one."""
        return self.covers(from_at) or from_at <= self.from_at < until_at


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


def without(spans: Iterable[Span], gaps: Iterable[Span]) -> list[Span]:
    """The times of the spans that none of the gaps covers, in the order of the spans."""
    left = list(spans)
    for gap in gaps:
        left = [part for span in left for part in _around(span, gap)]
    return left


def as_json(spans: Iterable[Span]) -> list[list[str]]:
    """Spans that are over, as pairs of moments in UTC: ``[["2026-01-12T08:00:00+00:00", ...]]``."""
    return [
        [span.from_at.astimezone(UTC).isoformat(), span.until_at.astimezone(UTC).isoformat()]
        for span in spans
        if span.until_at is not None
    ]


def from_json(pairs: Iterable[Iterable[str]] | None) -> list[Span]:
    """The spans that `as_json` wrote. None stands for no spans."""
    return [Span(*(datetime.fromisoformat(moment) for moment in pair)) for pair in pairs or []]


def _later(one: Span, other: Span) -> datetime | None:
    if one.until_at is None or other.until_at is None:
        return None
    return max(one.until_at, other.until_at)


def _around(span: Span, gap: Span) -> list[Span]:
    """What is left of a span before and after a gap."""
    if gap.until_at is not None and gap.until_at <= span.from_at:
        return [span]
    if span.until_at is not None and span.until_at <= gap.from_at:
        return [span]
    parts = []
    if span.from_at < gap.from_at:
        parts.append(Span(span.from_at, gap.from_at))
    if gap.until_at is not None and (span.until_at is None or gap.until_at < span.until_at):
        parts.append(Span(gap.until_at, span.until_at))
    return parts
