import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from attendance_project.inserting import insert_or_get, one_write
from sessions_app.models import Subject

pytestmark = pytest.mark.django_db


def test_a_new_row_is_written_without_asking_for_it():
    with CaptureQueriesContext(connection) as queries:
        row, is_new = insert_or_get(Subject.objects.all(), code="OS", defaults={"name": "Systems"})
    assert (is_new, row.name) == (True, "Systems")
    assert not [query for query in queries if "SELECT" in query["sql"]]


def test_the_row_that_another_call_wrote_stays_as_it_is():
    first, _ = insert_or_get(Subject.objects.all(), code="OS", defaults={"name": "Systems"})
    row, is_new = insert_or_get(Subject.objects.all(), code="OS", defaults={"name": "Other"})
    assert (is_new, row.pk, row.name) == (False, first.pk, "Systems")


def test_an_error_about_something_else_is_raised():
    there = Subject.objects.create(code="OS", name="Systems")
    with pytest.raises(IntegrityError):
        insert_or_get(Subject.objects.all(), code="NET", defaults={"pk": there.pk})


@pytest.mark.django_db(transaction=True)
def test_one_write_outside_of_a_transaction_begins_none():
    with CaptureQueriesContext(connection) as queries, one_write():
        Subject.objects.create(code="OS", name="Systems")
    assert len(queries) == 1
    with pytest.raises(IntegrityError), one_write():
        Subject.objects.create(code="OS", name="Other")
    assert Subject.objects.get().name == "Systems"


def test_one_write_that_is_refused_leaves_the_transaction_usable():
    Subject.objects.create(code="OS", name="Systems")
    with pytest.raises(IntegrityError), one_write():
        Subject.objects.create(code="OS", name="Other")
    Subject.objects.create(code="NET", name="Networks")
    assert Subject.objects.count() == 2
