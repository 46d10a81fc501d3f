"""Tests that test_other_servers.py runs, on a MongoDB server that fails when told to."""

from typing import Any

import pytest
from django.db import connection

from attendance_project.refusals import Kind, Refusal
from attendance_project.transactions import run_whole
from sessions_app.models import Subject

pytestmark = pytest.mark.django_db(transaction=True)
mongodb: Any = connection


def add(code: str) -> None:
    Subject.objects.create(code=code, name=code)


def break_commits(times: int) -> None:
    """Let the server close the connection on the next commits (by its own test command)."""
    mongodb.ensure_connection()
    mongodb.connection.admin.command(
        "configureFailPoint",
        "failCommand",
        mode={"times": times},
        data={"failCommands": ["commitTransaction"], "closeConnection": True},
    )


def test_a_commit_that_breaks_once_is_repeated_and_the_whole_is_kept_once():
    tries = []
    break_commits(1)
    run_whole(lambda: [tries.append(1), add("A")])
    assert len(tries) == 1
    assert Subject.objects.count() == 1


def test_a_commit_that_breaks_again_is_said_to_be_unknown_and_leaves_the_connection_usable():
    break_commits(2)
    with pytest.raises(Refusal) as caught:
        run_whole(lambda: add("A"))
    assert (caught.value.code, caught.value.kind) == ("outcome_unknown", Kind.UNAVAILABLE)
    assert mongodb.session is None
    run_whole(lambda: add("B"))
    assert Subject.objects.filter(code="B").exists()
