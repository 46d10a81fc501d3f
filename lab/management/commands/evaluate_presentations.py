"""``manage.py evaluate_presentations --bona-fide PATH --attack KIND=PATH``: attacks and people."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from attendance_project.progress import progress_bar
from lab.evaluation import printing
from lab.evaluation.presentations import (
    BURST_FPS,
    BURST_FRAMES,
    Film,
    Kind,
    evaluate,
    films_in,
)
from lab.management.arguments import (
    load_engines,
    positive_measure,
    positive_number,
    wide_console,
)
from lab.pictures.clips import UnreadableClip
from verification.engines.base import FaceEngine

Films = dict[str | None, list[Film]]


class Command(BaseCommand):
    help = (
        "Cut films into bursts as a phone sends them, and count what the checks that need no "
        "challenge make of them: BPCER of living people, APCER of each kind of attack."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--bona-fide",
            type=Path,
            nargs="+",
            action="extend",
            required=True,
            metavar="PATH",
            help="Films of living people, or folders of films or of a film's frames as pictures.",
        )
        parser.add_argument(
            "--attack",
            type=_kind_and_path,
            nargs="+",
            action="extend",
            required=True,
            metavar="KIND=PATH",
            help="The same of an attack, such as screen=FOLDER; may be given several times.",
        )
        parser.add_argument("--engine", metavar="NAME", help=f"Default: {settings.FACE_ENGINE}")
        parser.add_argument(
            "--frames", type=positive_number, default=BURST_FRAMES, help="Default: %(default)s"
        )
        parser.add_argument(
            "--fps", type=positive_measure, default=BURST_FPS, help="Default: %(default)s"
        )
        parser.add_argument(
            "--stills",
            action="store_true",
            help="Each picture of a folder is a presentation of its own, not a frame of a film.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        named = [(None, path) for path in options["bona_fide"]] + options["attack"]
        films = _films(named, options)
        ((name, engine),) = load_engines(options["engine"] and [options["engine"]]).items()
        console = wide_console()
        try:
            kinds = _evaluate(console, engine, films, 1 if options["stills"] else options["frames"])
        except (UnreadableClip, OSError) as error:
            raise CommandError(str(error)) from error
        bona_fide, *attacks = kinds
        console.print(printing.presentations_table(name, bona_fide, attacks))
        for note in printing.presentations_notes(kinds):
            console.print(note)


def _kind_and_path(text: str) -> tuple[str, Path]:
    kind, equals, path = text.partition("=")
    if not kind.strip() or not equals or not path:
        raise ArgumentTypeError(f"{text!r} is not KIND=PATH")
    return kind.strip(), Path(path)


def _films(named: Sequence[tuple[str | None, Path]], options: dict[str, Any]) -> Films:
    films: Films = {}
    for kind, path in named:
        if not path.exists():
            raise CommandError(f"{path} is not there")
        found = films_in(path, fps=options["fps"], stills=options["stills"])
        if not found:
            raise CommandError(f"{path} holds neither films nor pictures")
        films.setdefault(kind, []).extend(found)
    return films


def _evaluate(console: Console, engine: FaceEngine, films: Films, frames: int) -> list[Kind]:
    kinds = []
    with progress_bar(console) as bar:
        for name, own in films.items():
            task = bar.add_task(name or "Bona fide", total=len(own))
            kind = evaluate(engine, name, own, frames=frames, tick=partial(bar.advance, task))
            if not kind.presentations:
                label = name or "bona fide"
                raise CommandError(f"{label}: no film holds {frames} frames; try fewer --frames")
            kinds.append(kind)
    return kinds
