"""``manage.py take_back_import``: list the newest imports, or take one back."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from attendance_project import clock
from attendance_project.refusals import Refusal
from sessions_app import imports
from sessions_app.imports import staying
from sessions_app.imports.record_names import named
from sessions_app.management.importing import SIGNS
from sessions_app.models import ImportRecord

LISTED = 20


class Command(BaseCommand):
    help = (
        "Without an id list the newest imports. With one take it back: a timetable as a whole, "
        "people and marks as far as nobody has used or changed them (docs/imports.md)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", nargs="?", type=UUID)
        parser.add_argument(
            "--dry-run", action="store_true", help="Show what the import changed, and stop."
        )

    def handle(self, *args: Any, id: UUID | None, dry_run: bool, **options: Any) -> None:
        if id is None:
            self._list()
            return
        record = ImportRecord.objects.filter(pk=id).first()
        if record is None:
            raise CommandError(f"{id} is no import. Without an id the newest ones are listed.")
        if dry_run:
            self._show(record)
            return
        try:
            imports.take_back(record, by=None, now=clock.now())
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write("Taken back.")
        for kind, number, why in staying.told(record.stayed):
            self.stdout.write(f"Stays: {kind} ({number}): {why}")

    def _show(self, record: ImportRecord) -> None:
        for change in named(record, record.changes, to=None):
            gone = " (deleted since)" if change.is_deleted else ""
            self.stdout.write(f"{SIGNS[change.action]} {change}{gone}")

    def _list(self) -> None:
        rows = ImportRecord.objects.defer("changes")
        for record in rows.order_by("-at")[:LISTED]:
            state = "taken back" if record.taken_back_at else "carried out"
            self.stdout.write(
                f"{record.pk}  {record.at:%Y-%m-%d %H:%M}  {record.kind}  {state}  "
                f"{record.file_name}"
            )
