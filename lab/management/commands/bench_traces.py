"""``manage.py bench_traces``: how often two phones are taken for one, and what copies are found."""

from typing import Any

from django.core.management.base import BaseCommand

from lab.evaluation import traces


class Command(BaseCommand):
    help = (
        "Draw pairs of honest phones and copies of a phone's trace, and compare them by the "
        "server's own rule; prints the tables of docs/bluetooth.md. It takes half a minute."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(traces.as_markdown(list(traces.honest_rows()), list(traces.copy_rows())))
        self.stdout.write(
            f"seed {traces.SEED}; the kinds of phones and copies are in lab/evaluation/traces.py."
        )
