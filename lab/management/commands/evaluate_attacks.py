"""``manage.py evaluate_attacks``: attacks drawn from photographs, judged as in a check-in."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from attendance_project.progress import progress_bar
from lab.evaluation import drawn_attacks, printing
from lab.evaluation.calibration import pictures_in
from lab.management.arguments import (
    load_engines,
    positive_measure,
    positive_number,
    wide_console,
)
from lab.pictures import photographs


class Command(BaseCommand):
    help = (
        "Draw honest people and attacks from photographs, each answering a challenge of its own, "
        "and count what a check-in's face step makes of them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--images",
            type=Path,
            metavar="DIR",
            help="Photographs in a folder for each person; default: the public ones of the tests.",
        )
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
        photos = drawn_attacks.usable(_photos(options["images"]), options["people"])
        if len(photos) < 2:
            raise CommandError("Photographs of two people at least are needed, with their faces.")
        with progress_bar(console) as bar:
            task = bar.add_task("Drawing", total=len(drawn_attacks.KINDS) * len(photos))
            fates = drawn_attacks.evaluate(
                engine, photos, lambda: bar.advance(task), fps=options["fps"]
            )
        console.print(printing.fates_table(name, fates))


def _photos(folder: Path | None) -> list[bytes]:
    """One photograph for each person, in the order of names."""
    if folder is None:
        try:
            known = photographs.faces(Path(settings.VAR_DIR) / "photographs")
        except photographs.PhotographsUnavailable as error:
            raise CommandError(str(error)) from error
        return [pictures[0] for pictures in known.values()]
    if not folder.is_dir():
        raise CommandError(f"There is no folder {folder}.")
    first = {Path(name).parent: name for name in reversed(pictures_in(folder))}
    return [(folder / name).read_bytes() for name in sorted(first.values())]
