"""``manage.py evaluate_live``: live films of drawn people and attacks, judged as in a check-in."""

from __future__ import annotations

import random
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from attendance_project.progress import progress_bar
from lab.evaluation import live_films, live_tables
from lab.management.arguments import load_engines, positive_number, wide_console
from lab.management.photographs import add_images, one_for_each
from verification.domain.live_moves import chance_of_a_film


class Command(BaseCommand):
    help = (
        "Film honest people and attacks live, all drawn from photographs, in simulated time: each "
        "answers what the phone shows. Count what a check-in's face step makes of them, and time "
        "the engine beside a burst."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_images(parser)
        parser.add_argument("--people", type=positive_number, default=60, help="Honest ones.")
        parser.add_argument("--attacked", type=positive_number, default=24, help="Of each kind.")
        parser.add_argument("--tries", type=positive_number, default=live_films.TRIES)
        parser.add_argument("--pairs", type=positive_number, default=2000)
        parser.add_argument("--workers", type=positive_number, default=1)
        parser.add_argument("--engine", metavar="NAME", help=f"Default: {settings.FACE_ENGINE}")

    def handle(self, *args: Any, **options: Any) -> None:
        engine = options["engine"] or settings.FACE_ENGINE
        loaded = load_engines([engine])[engine]
        console = wide_console()
        photos = live_films.plain_photos(loaded, one_for_each(options["images"]), options["people"])
        if len(photos) < 2:
            raise CommandError(
                "Photographs of two people at least are needed, seen from the front."
            )
        attacked = min(options["attacked"], len(photos))
        todo = live_films.jobs(len(photos), attacked, options["tries"])
        with progress_bar(console) as bar:
            task = bar.add_task("Filming", total=len(todo))
            found = live_films.evaluate(
                engine, photos, todo, lambda: bar.advance(task), workers=options["workers"]
            )
        console.print(live_tables.people_table(found))
        console.print(live_tables.attacks_table(engine, found))
        for line in live_tables.reason_lines(found):
            console.print(line)
        fit = live_films.films_that_fit(options["pairs"], random.Random(1))
        console.print(live_tables.fit_line(fit, chance_of_a_film()))
