"""``manage.py simulate_class --server URL``: a class of 30 checks in over HTTP."""

from __future__ import annotations

import json
import logging
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from attendance_project.progress import progress_bar
from lab.management.commands.seed_demo import LECTURE, logins_file
from lab.pictures import photographs
from lab.simulation import play, printing, rehearsal
from lab.simulation.people import NAMES
from lab.simulation.stage import Stage
from phone.api import Blocked, Connections

LATE_IN_S = 120.0
"""Seconds from the planning on: by then the class is there and all but the last have arrived."""

PATIENCE_S = 180.0
"""Seconds that each answer may take: thirty films are judged, and the machine may be busy."""


class Command(BaseCommand):
    help = (
        "Play 30 students over HTTP, honest ones and one of each cheat. "
        "Exits with 1 if a cheat got in or an honest student was refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--server", default=settings.PUBLIC_URL, help="Default: %(default)s")
        parser.add_argument(
            "--logins",
            type=Path,
            default=logins_file(),
            help="JSON with admin, teacher, colleague (e-mails) and password; seed_demo writes it.",
        )
        parser.add_argument(
            "--phones",
            type=Path,
            default=Path(settings.VAR_DIR) / "simulated-phones.json",
            help="Where the simulated phones keep their keys between runs.",
        )
        parser.add_argument(
            "--subject", default=LECTURE, help="Whose lecture it is. Default: %(default)s"
        )
        parser.add_argument(
            "--lead",
            type=float,
            default=0.0,
            help="Seconds from the start after which the session opens by itself; "
            "the class arrives at once where the teacher opens it before.",
        )
        parser.add_argument(
            "--over", type=float, default=60.0, help="Seconds over which the class arrives."
        )
        parser.add_argument("--seed", type=int, default=1, help="The order and noise of the day.")

    def handle(self, *args: Any, **options: Any) -> None:
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs a line per call
        console = Console(width=None if Console().is_terminal else 140)
        server = options["server"].rstrip("/")
        try:
            with Connections(server, timeout_s=PATIENCE_S) as connections:
                opens_by = time.monotonic() + options["lead"]
                stage = self._prepare(console, connections, options)
                lecture = self._play(console, stage, opens_by, options)
        except httpx.TimeoutException as error:
            raise CommandError(
                f"{server} did not answer within {PATIENCE_S:.0f} s. It may be busy: try again."
            ) from error
        except httpx.TransportError as error:
            raise CommandError(f"{server} does not answer ({error}). Is it running?") from error
        except Blocked as error:
            raise CommandError(f"{server} refused to prepare the class: {error}") from error
        except (LookupError, photographs.PhotographsUnavailable) as error:
            raise CommandError(str(error)) from error
        console.print(printing.table_of(lecture))
        console.print(printing.summary_of(lecture))
        if lecture.faults:
            raise CommandError(printing.error_of(lecture))

    def _prepare(
        self, console: Console, connections: Connections, options: dict[str, Any]
    ) -> Stage:
        with progress_bar(console) as bar:
            task = bar.add_task("Gathering the class", total=2 * len(NAMES))

            def tick(name: str) -> None:
                bar.advance(task)

            return rehearsal.prepare(
                connections=connections,
                logins=_logins(options["logins"]),
                subject=options["subject"],
                phones=options["phones"],
                faces=photographs.faces(Path(settings.VAR_DIR) / "photographs", console.print),
                seed=options["seed"],
                late_in_s=LATE_IN_S + options["lead"],
                tick=tick,
            )

    def _play(
        self, console: Console, stage: Stage, opens_by: float, options: dict[str, Any]
    ) -> play.Lecture:
        console.print(f"Watch it at {stage.connections.server}/sessions/{stage.room.id}/live/")
        patience_s = max(opens_by - time.monotonic(), 0.0)
        if patience_s:
            console.print(
                f"It opens by itself in {patience_s:.0f} s, if you do not open it before."
            )
        with progress_bar(console) as bar:
            task = bar.add_task("Checking in", total=play.number_of_acts())

            def on_result(played: play.PlayedAct) -> None:
                bar.console.print(printing.line_of(played))
                bar.advance(task)

            return play.play(
                stage,
                patience_s=patience_s,
                over_s=options["over"],
                seed=options["seed"],
                on_result=on_result,
            )


def _logins(path: Path) -> rehearsal.Logins:
    if not path.exists():
        raise CommandError(f"{path} is missing: run 'manage.py seed_demo' or give --logins.")
    given = json.loads(path.read_text())
    names = ("admin", "teacher", "colleague", "password")
    return rehearsal.Logins(**{name: given[name] for name in names})
