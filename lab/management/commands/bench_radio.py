"""``manage.py bench_radio``: who passes at which distance from the beacon, in a simulation."""

from typing import Any

from django.core.management.base import BaseCommand

from lab.evaluation import radio


class Command(BaseCommand):
    help = (
        "Draw phones at each distance, let them listen for 10 s and have the server judge what "
        "they heard; prints the table of docs/bluetooth.md."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(radio.as_markdown(list(radio.table())))
        self.stdout.write(
            f"{radio.PHONES} phones a row, seed {radio.SEED}; the model and its parameters are in "
            "lab/evaluation/radio.py."
        )
