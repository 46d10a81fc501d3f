"""``manage.py bench_faces``: what recognising a face costs, beside other programs."""

from __future__ import annotations

import importlib.util
import os
import random
from argparse import ArgumentParser
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from attendance_project.progress import progress_bar
from lab.evaluation import bench, bench_networks, printing
from lab.management.arguments import positive_measure, positive_number, wide_console
from lab.pictures import photographs, rendering
from verification.domain.challenge import Challenge, Move, Prompt
from verification.engines import ENGINES, weights
from verification.engines.runtimes import RUNTIMES
from verification.engines.weights import WeightsMissing

CHALLENGE = Challenge(
    (Prompt(Move.TURN_LEFT, 1.2, 2.5), Prompt(Move.BLINK, 4.0, 5.3)), duration_s=6.4
)
"""A blink is the most expensive move, since it needs a network of its own."""
ON_OPENVINO = f"opencv{bench.ON}openvino"
NO_OPENVINO = "Without OpenVINO: run pip install --no-deps -r requirements-openvino.txt to compare."
NO_DLIB = (
    "Without face_recognition's pipeline: run pip install -r requirements-dlib.txt to compare."
)


class Command(BaseCommand):
    help = (
        "Time single verifications and bursts, each pipeline in a process of its own with one "
        "thread, and face_recognition's (through dlib) beside them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        engines = " and ".join(ENGINES)
        parser.add_argument(
            "--engine",
            action="append",
            metavar="NAME",
            help=f"Default: {engines}, and {ON_OPENVINO}",
        )
        parser.add_argument("--frames", type=positive_number, nargs="+", default=[12, 20])
        parser.add_argument("--runs", type=positive_number, default=21)
        parser.add_argument("--burst-runs", type=positive_number, default=5)
        parser.add_argument(
            "--seconds", type=positive_measure, default=4.0, help="For each rate a second."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        console = wide_console()
        peers = bench.PEERS if importlib.util.find_spec("dlib") else ()
        runtimes = [name for name in RUNTIMES if not weights.missing_package(name)]
        own = [*(ENGINES if peers else ENGINES[:1]), *([ON_OPENVINO] if runtimes[1:] else [])]
        names = list(dict.fromkeys([*(options["engine"] or own), *peers]))
        repetitions = bench.Repetitions(options["runs"], options["burst_runs"], options["seconds"])
        load = _load(options["frames"])
        try:
            figures = _measure(console, names, load, repetitions)
        except (WeightsMissing, ImportError, ValueError, BrokenProcessPool) as error:
            raise CommandError(str(error)) from error
        console.print(printing.bench_table(figures, peers))
        console.print(printing.networks_table(_networks(runtimes, options["runs"])))
        console.print(_conditions(repetitions, load))
        if not runtimes[1:]:
            console.print(NO_OPENVINO)
        if not peers:
            console.print(NO_DLIB)


def _measure(
    console: Console, names: Sequence[str], load: bench.Load, repetitions: bench.Repetitions
) -> list[bench.Figures]:
    with progress_bar(console) as bar:
        task = bar.add_task("Measuring in turn", total=bench.ticks(names, load, repetitions))
        return bench.measure(names, load, repetitions, lambda: bar.advance(task))


def _photos() -> list[bytes]:
    try:
        return photographs.faces(Path(settings.VAR_DIR) / "photographs")["obama"]
    except photographs.PhotographsUnavailable as error:
        raise CommandError(str(error)) from error


def _networks(runtimes: Sequence[str], runs: int) -> dict[str, dict[str, list[float]]]:
    return bench_networks.time_networks(_photos()[0], runtimes, runs)


def _load(lengths: Sequence[int]) -> bench.Load:
    """Two photographs of one person, and bursts of about these lengths and a live film that are
    drawn from the first."""
    photo, other = _photos()[:2]
    bursts = (_burst(photo, frames) for frames in lengths)
    return bench.Load(
        reference=bench.as_picture(other),
        picture=bench.as_picture(photo),
        bursts={len(burst): burst for burst in bursts},
        challenge=CHALLENGE,
        film=bench_networks.drawn_film(photo),
    )


def _burst(photo: bytes, frames: int) -> bench.Burst:
    """A burst at the moments that the challenge asks for where those are as many, else evenly."""
    asked = len(CHALLENGE.pictures_s) == frames
    fps = None if asked else frames / CHALLENGE.duration_s
    return rendering.render_burst(photo, CHALLENGE, fps=fps, rng=random.Random(1))[:frames]


def _conditions(repetitions: bench.Repetitions, load: bench.Load) -> str:
    lengths = " and ".join(str(frames) for frames in load.bursts)
    frame = f"{rendering.FRAME_WIDTH_PX}x{rendering.FRAME_HEIGHT_PX}"
    return (
        "A verification decodes, detects, embeds and compares a 640x480 JPEG "
        f"({repetitions.runs} runs); a burst has {lengths} JPEG frames of {frame} "
        f"({repetitions.burst_runs} runs), of which face_recognition embeds every one, and the "
        f"live film, which it does not measure, has {len(load.film.looks)}. "
        f"Load on the machine's {os.cpu_count()} cores at the end: {os.getloadavg()[0]:.1f}."
    )
