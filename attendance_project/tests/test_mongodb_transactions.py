"""How MongoDB's transactions fail. Collected only where the suite runs on MongoDB (conftest.py)."""

import contextlib
from typing import Any

import pytest
from django.db import connection

from attendance_project.refusals import Refusal
from attendance_project.transactions import TRIES, run_whole
from sessions_app.models import Subject

pytestmark = pytest.mark.django_db(transaction=True)
mongodb: Any = connection


def add(code: str) -> None:
    Subject.objects.create(code=code, name=code)


def break_off() -> None:
    """End the server's session of this transaction, as a failover or its time limit does."""
    mongodb.connection.admin.command("killSessions", [mongodb.session.session_id])


def test_a_whole_that_cannot_be_kept_is_tried_again():
    tries = []

    def write() -> None:
        tries.append(len(tries))
        add("A")
        if len(tries) == 1:
            break_off()

    run_whole(write)
    assert tries == [0, 1]
    assert Subject.objects.count() == 1


def test_tries_come_to_an_end_and_leave_the_connection_usable():
    tries = []

    def write() -> None:
        tries.append(len(tries))
        add("A")
        break_off()

    with pytest.raises(Refusal) as caught:
        run_whole(write)
    assert caught.value.code == "database_busy"
    assert len(tries) == TRIES
    assert mongodb.session is None
    assert not Subject.objects.exists()
    run_whole(lambda: add("A"))
    assert Subject.objects.count() == 1


def test_an_error_that_is_caught_inside_ends_the_whole_all_the_same():
    """Why nothing that may conflict is tried inside a transaction (docs/adr/0002)."""
    add("A")

    def write() -> None:
        add("B")
        with contextlib.suppress(Exception):
            add("A")

    with pytest.raises(Refusal):
        run_whole(write)
    assert Subject.objects.count() == 1
