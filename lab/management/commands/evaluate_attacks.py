"""``manage.py evaluate_attacks``: attacks drawn from photographs, judged as in a check-in."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from attendance_project.progress import progress_bar
from lab.evaluation import drawn_attacks, printing
from lab.management.arguments import (
    load_engines,
    positive_measure,
    positive_number,
    wide_console,
)
from lab.management.photographs import add_images, one_for_each


class Command(BaseCommand):
    help = (
        "Draw honest people and attacks from photographs, each answering a challenge of its own, "
        "and count what a check-in's face step makes of them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_images(parser)
        parser.add_argument("--people", type=positive_number, default=24)
        parser.add_argument(
            "--fps",
            type=positive_measure,
            metavar="RATE",
            help="Pictures a second, evenly; default: at the moments that a challenge asks for.",
        )
        parser.add_argument("--engine", metavar="NAME", help=f"Default: {settings.FACE_ENGINE}")

    def handle(self, *args: Any, **options: Any) -> None:
        named = [options["engine"]] if options["engine"] else None
        ((name, engine),) = load_engines(named).items()
        console = wide_console()
        photos = drawn_attacks.usable(one_for_each(options["images"]), options["people"])
        if len(photos) < 2:
            raise CommandError("Photographs of two people at least are needed, with their faces.")
        with progress_bar(console) as bar:
            task = bar.add_task("Drawing", total=len(drawn_attacks.KINDS) * len(photos))
            fates = drawn_attacks.evaluate(
                engine, photos, lambda: bar.advance(task), fps=options["fps"]
            )
        console.print(printing.fates_table(name, fates))
