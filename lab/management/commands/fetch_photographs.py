"""``manage.py fetch_photographs``: download the public photographs of the class and the tests."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lab.pictures import photographs


class Command(BaseCommand):
    help = "Download the public photographs for the simulated class; quick when they are there."

    def handle(self, *_args: Any, **_options: Any) -> None:
        directory = settings.VAR_DIR / "photographs"
        try:
            found = photographs.faces(directory, progress=self._say)
        except photographs.PhotographsUnavailable as error:
            raise CommandError(str(error)) from error
        pictures = sum(len(each) for each in found.values())
        self._say(f"{pictures} photographs of {len(found)} people are in {directory.name}/")

    def _say(self, message: str) -> None:
        self.stdout.write(message)
        self.stdout.flush()
