"""``manage.py read_calendars``: read the calendars at an address, as their owners chose."""

from argparse import ArgumentParser
from copy import copy
from typing import Any

from django.core.management.base import BaseCommand

from attendance_project import clock
from sessions_app.domain.web_addresses import name_of
from sessions_app.imports import calendar_mails, subscriptions
from sessions_app.models import CalendarSubscription


class Command(BaseCommand):
    help = (
        "Read each calendar by address that is due (CALENDAR_EVERY_H), and apply its changes or "
        "keep them for a look, as its owner chose. Run it each hour."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="Also those that are not due.")

    def handle(self, *args: Any, all: bool, **options: Any) -> None:
        now = clock.now()
        rows = CalendarSubscription.objects.select_related("owner", "course").order_by("pk")
        for row in list(rows) if all else subscriptions.due(now):
            before = copy(row)
            told = subscriptions.read_or_note(row, now=now)
            calendar_mails.tell_owner(before, told, row)
            what = told.trouble or f"{told.applied} applied, {told.waiting} waiting"
            self.stdout.write(f"{name_of(row.address)}: {what}")
