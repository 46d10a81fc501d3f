"""``manage.py evaluate_faces --images DIR --pairs FILE``: how well engines tell people apart."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress

from attendance_project import clock
from attendance_project.progress import progress_bar
from lab.evaluation import printing
from lab.evaluation.calibration import CalibrationTable, calibrate, pictures_in, sample
from lab.evaluation.embedding import Gallery, describe_all
from lab.evaluation.error_rates import Comparison
from lab.evaluation.faces import EngineReport, compare_pairs, report
from lab.evaluation.pairs import Pair, PairFileError, read_pairs
from lab.evaluation.roc_picture import draw_roc
from lab.management.arguments import (
    file_to_write,
    load_engines,
    positive_number,
    wide_console,
)
from verification.engines.base import FaceEngine

NAMED = 10
"""How many of the missing pictures are named."""


class Command(BaseCommand):
    help = (
        "Compare the pairs of a file (LFW's pairs.txt, or a table first, second, same) and print "
        "accuracy, EER and TAR at FAR. Pictures lie in DIR/Name/Name_0001.jpg."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--images", type=Path, required=True, metavar="DIR")
        parser.add_argument("--pairs", type=Path, required=True, metavar="FILE")
        parser.add_argument(
            "--engine",
            action="append",
            metavar="NAME",
            help=f"May be given several times. Default: {settings.FACE_ENGINE}",
        )
        parser.add_argument(
            "--roc", type=file_to_write, metavar="FILE.png", help="Draw all ROC curves."
        )
        parser.add_argument("--json", type=file_to_write, metavar="FILE", help="Write the figures.")
        parser.add_argument(
            "--calibrate",
            action="store_true",
            help="Compare all pictures of different people in DIR, and print which score keeps "
            "which FMR.",
        )
        parser.add_argument(
            "--comparisons",
            type=positive_number,
            default=1_000_000,
            help="At most so many for --calibrate; pictures are drawn at random where there would "
            "be more. Default: %(default)s",
        )
        parser.add_argument("--seed", type=int, default=1, help="What random draws start from.")

    def handle(self, *args: Any, **options: Any) -> None:
        pairs = _pairs(options["images"], options["pairs"])
        engines = load_engines(options["engine"])
        console = wide_console()
        results = [self._measure(console, *each, pairs, options) for each in engines.items()]
        reports = [each for each, _calibration in results]
        console.print(printing.faces_table(reports))
        for note in printing.faces_notes(reports):
            console.print(note)
        for _report, calibration in results:
            if calibration:
                self._print_calibration(calibration, options["images"])
        _write(reports, options)

    def _measure(
        self,
        console: Console,
        name: str,
        engine: FaceEngine,
        pairs: Sequence[Pair],
        options: dict[str, Any],
    ) -> tuple[EngineReport, CalibrationTable | None]:
        names = {name for pair in pairs for name in (pair.first, pair.second)}
        more = pictures_in(options["images"]) if options["calibrate"] else []
        with progress_bar(console) as bar:
            wanted = sorted(names.union(more))
            gallery = _described(bar, name, engine, options["images"], wanted)
            comparisons = compare_pairs(engine, pairs, gallery)
            calibration = (
                _calibrated(bar, name, engine, gallery, comparisons, options)
                if options["calibrate"]
                else None
            )
        return report(name, comparisons, gallery.of(names), options["seed"]), calibration

    def _print_calibration(self, calibration: CalibrationTable, images: Path) -> None:
        self.stdout.write("")
        data = "/".join(images.resolve().parts[-2:])
        today = timezone.localdate(clock.now())
        for line in printing.calibration_lines(calibration, data, today):
            self.stdout.write(line)


def _pairs(images: Path, file: Path) -> list[Pair]:
    if not images.is_dir():
        raise CommandError(f"{images} is not a folder")
    try:
        pairs = read_pairs(file)
    except (PairFileError, OSError) as error:
        raise CommandError(str(error)) from error
    names = dict.fromkeys(name for pair in pairs for name in (pair.first, pair.second))
    missing = [name for name in names if not (images / name).is_file()]
    if missing:
        named = ", ".join(missing[:NAMED]) + (", ..." if len(missing) > NAMED else "")
        raise CommandError(
            f"{len(missing)} of {len(names)} pictures are not in {images.name}: {named}"
        )
    return pairs


def _described(
    bar: Progress, name: str, engine: FaceEngine, images: Path, wanted: Sequence[str]
) -> Gallery:
    task = bar.add_task(f"{name}: looking at pictures", total=len(wanted))
    return describe_all(engine, images, wanted, lambda: bar.advance(task))


def _calibrated(
    bar: Progress,
    name: str,
    engine: FaceEngine,
    gallery: Gallery,
    comparisons: Sequence[Comparison],
    options: dict[str, Any],
) -> CalibrationTable:
    chosen = sample(gallery, options["comparisons"], options["seed"])
    task = bar.add_task(f"{name}: all against all", total=len(chosen))
    return calibrate(name, engine, gallery, chosen, comparisons, lambda: bar.advance(task))


def _write(reports: Sequence[EngineReport], options: dict[str, Any]) -> None:
    try:
        if options["roc"]:
            draw_roc({report.engine: report.roc for report in reports}, options["roc"])
        if options["json"]:
            figures = [report.to_json() for report in reports]
            options["json"].write_text(json.dumps(figures, indent=2) + "\n")
    except OSError as error:
        raise CommandError(str(error)) from error
