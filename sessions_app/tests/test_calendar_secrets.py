"""Nothing that is kept of a calendar holds the path of its address, which is a secret."""

from importlib import import_module

import pytest
from django.apps import apps

from sessions_app import imports
from sessions_app.domain.web_addresses import name_of, without_secret
from sessions_app.models import (
    CalendarMapping,
    CalendarSubscription,
    ImportKind,
    ImportRecord,
    Session,
)
from sessions_app.tests.calendar_files import NOW, calendar, lecture, plan

ADDRESS = f"https://calendar.school.example/private-{'a' * 290}/basic.ics?key=secret"
migration = import_module("sessions_app.migrations.0032_no_secrets_of_addresses")


def import_now(**options) -> ImportRecord:
    made = plan(calendar(lecture()), **options)
    imports.apply(made)
    return ImportRecord.objects.latest("at")


@pytest.mark.parametrize("text", [ADDRESS, "webcal://x.example/a", "HTTPS://X/", "term.ics", ""])
def test_names_are_shortened_by_the_migration_as_they_are_now(text):
    assert migration.short(text) == without_secret(text)


def test_what_was_kept_before_is_shortened(course, teacher):
    record = import_now(source=ADDRESS, by=teacher)
    old = ImportRecord.objects.filter(pk=record.pk)
    assert (record.source, record.file_name) == (name_of(ADDRESS),) * 2
    old.update(source=ADDRESS, file_name=ADDRESS[-255:])
    session = Session.objects.get()
    assert session.imported["origin"] == name_of(ADDRESS)
    session.imported["origin"] = ADDRESS
    session.save()
    for text in ("lab", "talk"):
        CalendarMapping.objects.create(owner="1", source=ADDRESS, text=text, by=teacher, at=NOW)
    CalendarMapping.objects.create(owner="1", source=name_of(ADDRESS), text="lab", at=NOW)
    plain = ImportRecord.objects.create(
        kind=ImportKind.TIMETABLE, source="Term", file_name="term.ics", digest="", at=NOW
    )
    for _again in range(2):
        migration.shorten(apps, None)
    record.refresh_from_db()
    session.refresh_from_db()
    plain.refresh_from_db()
    assert (record.source, record.file_name) == (name_of(ADDRESS),) * 2
    assert session.imported["origin"] == name_of(ADDRESS)
    kept = CalendarMapping.objects.values_list("source", "text").order_by("text")
    assert list(kept) == [(name_of(ADDRESS), "lab"), (name_of(ADDRESS), "talk")]
    assert (plain.source, plain.file_name) == ("Term", "term.ics")
    other = lecture("OS CSE-A lecture", "20261208T090000", "20261208T103000", uid="9")
    again = plan(calendar(other), source=ADDRESS, drop_missing=True)
    assert again.counts["dropped"] == 1, "the calendar is not known again"


def test_no_row_but_the_subscription_holds_a_calendars_address(course, teacher):
    choices = imports.Choices(titles={"Systems lab": course})
    named = calendar(lecture(), lecture("Systems lab", uid="2"), head=f"X-WR-CALNAME:{ADDRESS}")
    for options in ({"source": ADDRESS}, {"file_name": ADDRESS}):
        made = plan(named, by=teacher, choices=choices, **options)
        imports.apply(made)
    assert CalendarMapping.objects.filter(source=name_of(ADDRESS)).exists()
    for model in apps.get_app_config("sessions_app").get_models():
        if model is not CalendarSubscription:
            assert "secret" not in str(list(model._default_manager.values())), model
