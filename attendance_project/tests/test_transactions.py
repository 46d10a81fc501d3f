"""What is written as a whole: on either database all of it is stored, or nothing."""

import threading

import pytest
from django.db import IntegrityError, connection, connections

from attendance_project import transactions
from attendance_project.refusals import Kind, Refusal
from attendance_project.tests.patience import PATIENCE_S
from attendance_project.tests.threads import at_once
from attendance_project.transactions import run_whole
from sessions_app.models import Subject

pytestmark = pytest.mark.django_db(transaction=True)


def codes() -> list[str]:
    return sorted(Subject.objects.values_list("code", flat=True))


def add(code: str) -> Subject:
    return Subject.objects.create(code=code, name=code)


def test_all_of_it_is_kept_and_what_it_returns_is_given_back():
    assert run_whole(lambda: [add("A"), add("B")][1].code) == "B"
    assert codes() == ["A", "B"]


def test_an_error_takes_back_what_was_written_before_it():
    def write() -> None:
        add("A")
        raise LookupError

    with pytest.raises(LookupError):
        run_whole(write)
    assert codes() == []
    run_whole(lambda: add("A"))
    assert codes() == ["A"]


def test_a_value_that_is_taken_takes_back_all():
    add("B")
    with pytest.raises(IntegrityError):
        run_whole(lambda: [add("A"), add("B")])
    assert codes() == ["B"]


def test_a_whole_is_not_a_part_of_another():
    with pytest.raises(RuntimeError):
        run_whole(lambda: run_whole(lambda: add("A")))
    assert codes() == []


def test_nobody_elses_change_is_lost_between_reading_and_writing():
    row = add("A")
    Subject.objects.update(name="")
    barrier = threading.Barrier(3)

    def append(number: int) -> None:
        def write() -> None:
            seen = Subject.objects.get(pk=row.pk).name
            if connection.vendor == "mongodb" and not barrier.broken:
                meet(barrier)  # now all have read the same
            Subject.objects.filter(pk=row.pk).update(name=f"{seen}{number}")

        run_whole(write)

    at_once(3, append)
    assert sorted(Subject.objects.get().name) == ["0", "1", "2"]


def meet(barrier: threading.Barrier) -> None:
    try:
        barrier.wait(PATIENCE_S)
    except threading.BrokenBarrierError:
        pass
    finally:
        barrier.abort()


def test_who_holds_a_row_for_long_makes_the_others_give_up_with_nothing_written():
    row = add("A")
    written, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            run_whole(lambda: [rename(row, "Held"), written.set(), done.wait(PATIENCE_S)])
        finally:
            connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    assert written.wait(PATIENCE_S)
    wait_less()
    with pytest.raises(Refusal) as caught:
        run_whole(lambda: [add("B"), rename(row, "Mine")])
    done.set()
    holder.join()
    assert (caught.value.code, caught.value.kind) == ("database_busy", Kind.UNAVAILABLE)
    assert codes() == ["A"]
    assert Subject.objects.get().name == "Held"
    run_whole(lambda: rename(row, "Mine"))
    assert Subject.objects.get().name == "Mine"


def rename(row: Subject, name: str) -> None:
    Subject.objects.filter(pk=row.pk).update(name=name)


def wait_less() -> None:
    """Wait less for the database. SQLite waits 20 s by the settings, MongoDB answers at once."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 200")


def test_the_servers_of_the_suite_can_write_a_whole():
    assert transactions.obstacle() is None
