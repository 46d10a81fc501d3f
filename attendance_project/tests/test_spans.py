"""Times that are put together, cut, and kept as JSON."""

from datetime import UTC, datetime

import pytest

from attendance_project.spans import Span, as_json, from_json, union, without


def hour(number: int) -> datetime:
    return datetime(2026, 3, 2, number, tzinfo=UTC)


def span(begin: int, end: int | None = None) -> Span:
    return Span(hour(begin), None if end is None else hour(end))


@pytest.mark.parametrize(
    ("spans", "together"),
    [
        ([], []),
        ([span(3, 4), span(1, 2)], [span(1, 2), span(3, 4)]),
        ([span(1, 2), span(2, 3)], [span(1, 3)]),
        ([span(1, 5), span(2, 3)], [span(1, 5)]),
        ([span(1), span(2, 3)], [span(1)]),
        ([span(1, 3), span(2)], [span(1)]),
    ],
)
def test_together_there_are_no_overlaps(spans, together):
    assert union(spans) == together


@pytest.mark.parametrize(
    ("gap", "left"),
    [
        (span(1, 2), [span(2, 6), span(7)]),
        (span(6, 7), [span(2, 6), span(7)]),
        (span(1, 3), [span(3, 6), span(7)]),
        (span(3, 4), [span(2, 3), span(4, 6), span(7)]),
        (span(5, 8), [span(2, 5), span(8)]),
        (span(4), [span(2, 4)]),
        (span(1), []),
    ],
)
def test_a_gap_is_taken_out(gap, left):
    assert without([span(2, 6), span(7)], [gap]) == left


@pytest.mark.parametrize(
    ("begin", "end", "touches"), [(1, 3, True), (1, 2, False), (4, 5, True), (5, 6, False)]
)
def test_a_span_touches_what_it_covers_or_begins_in(begin, end, touches):
    assert span(2, 5).touches(hour(begin), hour(end)) == touches


def test_a_span_touches_the_moment_that_it_covers():
    assert span(2, 5).touches(hour(2), hour(2))
    assert not span(2, 5).touches(hour(5), hour(5))


def test_what_is_kept_is_read_as_it_was():
    spans = [span(1, 2), span(3, 4)]
    assert from_json(as_json(spans)) == spans
    assert from_json(None) == []
    assert as_json([span(1)]) == [], "what lasts is kept otherwise"
