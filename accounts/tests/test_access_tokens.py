"""Whose token comes with a call, which is asked before the body is read."""

from datetime import timedelta

import pytest

from accounts import services
from accounts.services import person_named_in
from attendance_project import clock

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("scheme", ["Bearer", "DPoP"])
def test_a_token_names_its_person_without_a_query(student, scheme, django_assert_num_queries):
    token = services.issue_tokens(student, jkt="", now=clock.now()).access
    with django_assert_num_queries(0):
        assert person_named_in(f"{scheme} {token}") == str(student.pk)


def test_a_token_that_is_changed_or_over_names_nobody(student):
    now = clock.now()
    token = services.issue_tokens(student, jkt="", now=now).access
    old = services.issue_tokens(student, jkt="", now=now - timedelta(days=1)).access
    for wrong in (token[:-4] + "AAAA", old):
        assert person_named_in(f"Bearer {wrong}") == ""


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "x", "Bearer a.b.c", "Bearer \u00e9\u00ff", "Bearer " + "." * 9000],
)
def test_what_is_no_token_names_nobody(header):
    assert person_named_in(header) == ""
