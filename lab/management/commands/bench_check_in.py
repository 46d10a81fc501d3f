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

from lab.management.arguments import positive_number
from lab.management.benchmarks import own_database
from lab.management.check_in_bench import Timeline, Way, bench, median_and_p95
from lab.management.live_bench import chromium
from lab.management.photographs import add_images, one_for_each
from lab.pictures.rendering import can_draw

WAYS = (
    Way("code only", 1, "off", live=True),
    Way("code and live film", 1, "required", live=True),
    Way("before: code of 2 s and burst", 2, "required", live=False),
)
STEPS = (
    "/qr/scan sent",
    "/qr/scan answered",
    "front camera opened",
    "first picture sent",
    "seen",
    "/face/verify answered",
    "outcome",
)


class Command(BaseCommand):
    help = "Measure the seconds of a check-in in a real browser, with drawn faces."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_images(parser)
        parser.add_argument("--runs", type=positive_number, default=10)
        parser.add_argument("--port", type=int, default=8995)
        parser.add_argument("--seed", type=int, default=1)

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
        for name, timelines in found.items():
            self._print(name, timelines)

    def _print(self, name: str, timelines: list[Timeline]) -> None:
        totals = [line.total_s for line in timelines if line.total_s is not None]
        first = sum(line.tries == 1 and line.total_s is not None for line in timelines)
        self.stdout.write(f"{name}: {first} of {len(timelines)} present at the first try")
        for step in STEPS:
            seconds = [at for line in timelines if (at := line.at_s(step)) is not None]
            if seconds:
                median_s, p95_s = median_and_p95(seconds)
                self.stdout.write(f"  {step:<24} {median_s:5.1f} s, p95 {p95_s:5.1f} s")
        if not totals:
            self.stdout.write("  nobody was present")
