"""``manage.py demo``: serve the site and let a class check in on it."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

import httpx
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from lab.management.commands.seed_demo import LECTURE, logins_file

HOST = "127.0.0.1"
START_PATIENCE_S = 60.0
STOP_PATIENCE_S = 20.0


class Command(BaseCommand):
    help = "Serve the site with daphne, print the demo's logins, and let a class of 30 check in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--once", action="store_true", help="Stop after the class.")
        parser.add_argument(
            "--lead", type=float, default=40.0, help="Seconds to log in before the class starts."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs a line per call
        port = options["port"]
        _require_free(port)
        call_command("fetch_photographs")
        call_command("seed_demo")
        url = f"http://localhost:{port}"
        server = _serve(port, url)
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            _wait_until_it_answers(server, port)
            self._introduce(url)
            status = self._class(url, options)
            if not options["once"]:
                self.stdout.write(f"The site stays up at {url}; stop it with Ctrl-C.")
                server.wait()
        except KeyboardInterrupt:
            Console().show_cursor()  # the class's progress bar had hidden it
            status = 0
        finally:
            _stop(server)
        if status:
            sys.exit(status)

    def _introduce(self, url: str) -> None:
        logins = json.loads(logins_file().read_text())
        self.stdout.write(
            f"\n  The teacher's pages  {url}/\n"
            f"    log in as          {logins['teacher']}\n"
            f"  The admin's pages    {url}/admin/\n"
            f"    log in as          {logins['admin']}\n"
            f"  Password of both     {logins['password']}\n"
            f"  The API              {url}/api/v1/docs\n"
            f"  Mails it sends       {settings.VAR_DIR}/demo-mails/\n"
        )

    def _class(self, url: str, options: dict[str, Any]) -> int:
        lead_s = 0 if options["once"] else options["lead"]
        if lead_s:
            self.stdout.write(
                f"Log in as the teacher meanwhile. Once the class is gathered, “{LECTURE}” "
                "stands on the teacher's first page (reload it). Open it there, and the class "
                f"arrives soon after; by itself it opens in {lead_s:.0f} s at the earliest.\n"
            )
        command = [sys.executable, "manage.py", "simulate_class", "--server", url]
        command += ["--lead", str(lead_s)]
        # It has a session of its own, so that Ctrl-C reaches this process, which ends the class.
        class_ = subprocess.run(command, cwd=_project(), check=False, start_new_session=True)
        return class_.returncode


def _interrupt(*_: object) -> NoReturn:
    """End as on Ctrl-C, so that the server ends too."""
    raise KeyboardInterrupt


def _project() -> Path:
    return Path(__file__).resolve().parents[3]


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} is in use. Stop what runs there, or take another: make demo PORT=8001"
            ) from error


def _serve(port: int, url: str) -> subprocess.Popen[bytes]:
    daphne = Path(sys.executable).with_name("daphne")
    command = [str(daphne), "-b", HOST, "-p", str(port), "attendance_project.asgi:application"]
    mails = Path(settings.VAR_DIR) / "demo-mails"
    environment = {"PUBLIC_URL": url, "LOG_LEVEL": "ERROR", "EMAIL_FOLDER": str(mails)}
    return subprocess.Popen([*command, "-v", "0"], cwd=_project(), env=os.environ | environment)


def _stop(server: subprocess.Popen[bytes]) -> None:
    """End the server, not by SIGINT: background processes of a script ignore that signal."""
    server.terminate()
    try:
        server.wait(timeout=STOP_PATIENCE_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _wait_until_it_answers(server: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + START_PATIENCE_S
    while time.monotonic() < until:
        if server.poll() is not None:
            raise CommandError("The server stopped at once; its message stands above.")
        try:
            httpx.get(f"http://{HOST}:{port}/login/", timeout=5)
        except httpx.TransportError:
            time.sleep(0.3)
        else:
            return
    raise CommandError(f"The server did not answer within {START_PATIENCE_S:.0f} s.")
