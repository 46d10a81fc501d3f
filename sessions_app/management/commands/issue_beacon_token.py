"""``manage.py issue_beacon_token``: let a beacon that stays in its room follow its sessions."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from attendance_project import clock
from attendance_project.refusals import Refusal
from sessions_app import services


class Command(BaseCommand):
    help = (
        "Print a token for the beacon in ROOM; it is shown only here. With --static, a key for a "
        "device that cannot ask the server, such as an ESP32."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("room", help="as the sessions have it, such as B-204")
        parser.add_argument("--static", action="store_true", help="a key that the device keeps")

    def handle(self, *args: Any, room: str, static: bool, **options: Any) -> None:
        issue = services.issue_room_key if static else services.issue_room_token
        try:
            row, text = issue(room, by=None, now=clock.now())
        except Refusal as error:
            raise CommandError(error.sentence) from error
        self.stdout.write(text)
        if static and row.expires_at:
            told = f"Good until {row.expires_at:%Y-%m-%d}: give the device a new one before."
        else:
            told = f"On the beacon:  python -m beacon --server {settings.PUBLIC_URL} --room"
        self.stderr.write(told)
