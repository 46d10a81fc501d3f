"""``manage.py bench_check_in``: how long a check-in takes in a real browser, step by step.

The page, the server and the face engine are the real ones; the cameras show the running session's
code and a drawn person who takes 0.25 to 0.8 s to react. The time is from the rear camera's opening
to the outcome. The burst with codes of two seconds, as it was before faces were filmed live, is
measured in the same run.
"""

from __future__ import annotations

import logging
import random
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lab.evaluation.timeline_picture import draw_timelines
from lab.management.arguments import file_to_write, positive_number
from lab.management.benchmarks import own_database
from lab.management.check_in_bench import Timeline, Way, bench, median_and_p95
from lab.management.live_bench import chromium
from lab.management.photographs import add_images, one_for_each
from lab.pictures.rendering import can_draw

WAYS = (
    Way("code only", 1, "room", live=True),
    Way("code and live film", 1, "strict", live=True),
    Way("before: code of 2 s and burst", 2, "strict", live=False),
)
STEPS = (
    ("two codes read", "/qr/scan sent"),
    ("code judged", "/qr/scan answered"),
    ("first picture of the film", "first picture sent"),
    ("first move asked", "asked"),
    ("last move seen", "seen"),
    ("burst judged", "/face/verify answered"),
    ("outcome", "outcome"),
)
"""What the table tells of each step, and the mark in the page that it goes by."""


class Command(BaseCommand):
    help = "Measure the seconds of a check-in in a real browser, with drawn faces."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_images(parser)
        parser.add_argument("--runs", type=positive_number, default=10)
        parser.add_argument("--port", type=int, default=8995)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--picture", type=file_to_write, metavar="FILE.png")

    def handle(self, *args: Any, **options: Any) -> None:
        if chromium() is None:
            raise CommandError("No Chromium: run `make chromium` as root.")
        photos = [photo for photo in one_for_each(options["images"]) if can_draw(photo)]
        if not photos:
            raise CommandError("There is no photograph with a face that can be drawn.")
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs a line per call
        rng = random.Random(options["seed"])
        found: dict[str, list[Timeline]] = {way.name: [] for way in WAYS}
        with own_database(), bench(options["port"], rng) as phones:
            for run in range(options["runs"]):
                for way in WAYS:
                    photo = photos[run % len(photos)]
                    found[way.name].append(phones.check_in(photo, way))
        steps = {name: self._print(name, timelines) for name, timelines in found.items()}
        if options["picture"]:
            draw_timelines(steps, options["picture"])

    def _print(self, name: str, timelines: list[Timeline]) -> list[tuple[str, float]]:
        """Print the table of one way. Returns the median second of each step."""
        present = [line for line in timelines if line.total_s is not None]
        first = sum(line.tries == 1 for line in present)
        self.stdout.write(
            f"{name}: {len(present)} of {len(timelines)} present, {first} at the first try"
        )
        medians = []
        for words, mark in STEPS:
            seconds = [at for line in present if (at := line.at_s(mark)) is not None]
            if seconds:
                median_s, p95_s = median_and_p95(seconds)
                self.stdout.write(f"  {words:<26} {median_s:5.2f} s, p95 {p95_s:5.2f} s")
                medians.append((words, median_s))
        return medians
