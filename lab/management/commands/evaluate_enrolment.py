"""``manage.py evaluate_enrolment``: how often drawn honest people are refused at enrolling."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from attendance_project.progress import progress_bar
from lab.evaluation import drawn_attacks, enrolments, printing
from lab.management.arguments import positive_measure, positive_number, wide_console
from lab.management.photographs import add_images, one_for_each


class Command(BaseCommand):
    help = (
        "Draw films of honest people from photographs, each answering moves of its own, judge them "
        "as an enrolment of a face, and say how many are refused and why."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_images(parser)
        parser.add_argument("--people", type=positive_number, default=500, help="At most.")
        parser.add_argument(
            "--seconds", type=positive_measure, default=300.0, help="How long to draw films."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        console = wide_console()
        photos = drawn_attacks.usable(one_for_each(options["images"]), options["people"])
        if not photos:
            raise CommandError("A photograph with one face at least is needed.")
        with progress_bar(console) as bar:
            task = bar.add_task("Drawing", total=None)
            found = enrolments.evaluate(photos, options["seconds"], lambda: bar.advance(task))
        for line in printing.enrolment_lines(found, people=len(photos)):
            console.print(line)
