"""``python manage.py bench_student_page``: how soon a slow phone can use the student's page.

The processor is slowed down four times and the network is 3G, as in Lighthouse's mobile profile.
The browser is first a new one, then one that has stored the page's shell. Usable means that the
log-in form takes input. The peer in the same run is the log-in page of Django's own admin, which is
HTML and style sheets with hardly a script.
"""

from __future__ import annotations

import logging
import statistics
import time
from argparse import ArgumentParser
from dataclasses import dataclass, field
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lab.management.arguments import positive_number
from lab.management.benchmarks import own_database
from lab.management.live_bench import ServerProcess, chromium

SLOWER = 4
LINE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
"""Lighthouse's "mobile slow 4G": 1.6 Mbit/s down, 0.75 Mbit/s up, 150 ms a round trip."""
WIDTH_PX, HEIGHT_PX = 360, 740
PATIENCE_MS = 60_000
PAGES = (("/student/", "#email"), ("/admin/login/", "#id_username"))
PEER = "/admin/login/"


@dataclass
class Visit:
    """How long it took until the form was there, and how many bytes were fetched for it."""

    ms: float = 0.0
    bytes: int = 0
    requests: int = 0


@dataclass
class Visits:
    first: list[Visit] = field(default_factory=list)
    again: list[Visit] = field(default_factory=list)


class Command(BaseCommand):
    help = "Measure how soon the student's page is usable on a slow phone and line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--runs", type=positive_number, default=7)
        parser.add_argument("--port", type=int, default=8975)

    def handle(self, *args: Any, **options: Any) -> None:
        if chromium() is None:
            raise CommandError("No Chromium: run `make chromium` as root.")
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs a line per call
        with own_database(), ServerProcess(options["port"]) as server:
            found = {page: _visits(server, page, form, options["runs"]) for page, form in PAGES}
        self.stdout.write(
            f"A processor {SLOWER} times slower, 1.6 Mbit/s, 150 ms a round trip; "
            f"median of {options['runs']}, worst in brackets"
        )
        for name in ("first", "again"):
            peer_ms = _median_ms(getattr(found[PEER], name))
            for page, visits in found.items():
                self.stdout.write(_line(page, name, getattr(visits, name), peer_ms))


def _line(page: str, name: str, visits: list[Visit], peer_ms: float) -> str:
    typical = statistics.median(visit.bytes for visit in visits) / 1000
    requests = statistics.median(visit.requests for visit in visits)
    return (
        f"  {page:<14} {name}: usable after {_median_ms(visits):,.0f} ms "
        f"({max(visit.ms for visit in visits):,.0f}), {typical:.0f} KB in {requests:.0f} requests, "
        f"{_median_ms(visits) / peer_ms:.2f} of {PEER}"
    )


def _median_ms(visits: list[Visit]) -> float:
    return statistics.median(visit.ms for visit in visits)


def _visits(server: ServerProcess, page: str, form: str, runs: int) -> Visits:
    from playwright.sync_api import sync_playwright

    visits = Visits()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        for _ in range(runs):
            context = browser.new_context(
                viewport={"width": WIDTH_PX, "height": HEIGHT_PX}, base_url=server.url
            )
            visits.first.append(_visit(context.new_page(), page, form))
            _let_the_shell_be_kept(context, page)
            visits.again.append(_visit(context.new_page(), page, form))
            context.close()
        browser.close()
    return visits


def _let_the_shell_be_kept(context: Any, page: str) -> None:
    if page == PEER:
        return
    context.pages[0].evaluate("navigator.serviceWorker.ready.then(() => null)")


def _visit(page: Any, address: str, form: str) -> Visit:
    """Visit the address once, in a page of its own."""
    visit = Visit()
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", LINE)
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})

    def count(event: dict[str, Any]) -> None:
        visit.bytes += int(event["encodedDataLength"])
        visit.requests += 1

    line.on("Network.loadingFinished", count)
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(form, timeout=PATIENCE_MS)
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    visit.ms = 1000 * (time.perf_counter() - began)
    return visit
