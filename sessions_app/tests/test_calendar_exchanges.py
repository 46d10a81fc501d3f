"""Single events of a calendar that move to times where others stood."""

from sessions_app import services
from sessions_app.imports import Action
from sessions_app.models import Session
from sessions_app.tests.calendar_files import calendar, lecture, planned, run


def at(uid: str, day: int, *more: str) -> str:
    return lecture(
        "OS CSE-A lecture", f"202612{day:02d}T090000", f"202612{day:02d}T103000", *more, uid=uid
    )


def days() -> list[str]:
    return [one[:5] for one in planned()]


def session_of(uid_day: int) -> Session:
    return Session.objects.get(starts_at__day=uid_day, state="planned")


def test_two_events_that_exchange_times_keep_their_own_sessions(course):
    run(calendar(at("x", 14), at("y", 15)))
    x, y = session_of(14).pk, session_of(15).pk
    made = run(calendar(at("x", 15), at("y", 14)))
    assert made.counts["changed"] == 2
    assert (session_of(15).pk, session_of(14).pk) == (x, y)
    run(calendar(at("y", 14, "STATUS:CANCELLED"), head="METHOD:CANCEL"))
    assert days() == ["12-15"]


def test_a_row_of_events_that_moves_on_by_one_leaves_no_session_behind(course):
    run(calendar(at("a", 7), at("b", 14), at("c", 21)))
    made = run(calendar(at("a", 14), at("b", 21), at("c", 28)))
    assert (made.counts["changed"], made.counts["added"]) == (3, 0)
    assert days() == ["12-14", "12-21", "12-28"]


def test_events_that_are_numbered_anew_stay_where_they_are(course):
    """A program that numbers its events in their order calls each one by the number before."""
    run(calendar(at("1", 7), at("2", 14), at("3", 21)))
    kept = session_of(14).pk, session_of(21).pk
    made = run(calendar(at("1", 14), at("2", 21)), drop_missing=True)
    assert made.counts["dropped"] == 1
    assert days() == ["12-14", "12-21"]
    assert (session_of(14).pk, session_of(21).pk) == kept


def test_what_a_person_moved_is_not_planned_again_where_its_event_moves(course):
    run(calendar(at("k", 8)))
    session = session_of(8)
    by_hand = session.starts_at.replace(hour=14)
    services.change_session(session, starts_at=by_hand, ends_at=by_hand.replace(hour=15))
    made = run(calendar(at("k", 11)))
    assert [change.detail for change in made.changes(Action.LEFT)] == [
        "moved by hand to 8 December 2026, 15:00"
    ]
    assert days() == ["12-08"]
