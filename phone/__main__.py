"""``python -m phone``: a phone on the command line, for trying a server."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from phone.api import Blocked, Connections
from phone.camera import FolderCamera, TooFewPictures
from phone.check_in import CheckInResult, check_in, go_on
from phone.client import Phone
from phone.key import DeviceKey
from phone.radio import BleakRadio, Radio

HOME = Path("~/.attendance-phone").expanduser()


class Stop(Exception):
    """Ends the program with a sentence that says what to do."""


class Typed:
    """Codes given on the command line, in place of a camera."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens = list(tokens)

    def look(self, codes: int) -> list[str]:
        return self.tokens[:codes]


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        with Connections(given.server) as connections:
            given.run(given, connections)
    except Blocked as blocked:
        print(f"{blocked.detail or blocked.code} ({blocked.code})", file=sys.stderr)
        return 1
    except (httpx.TransportError, httpx.InvalidURL):
        print(f"{given.server} does not answer. Is the address right?", file=sys.stderr)
        return 1
    except (Stop, TooFewPictures, FileNotFoundError) as stop:
        print(stop, file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m phone", description=__doc__)
    parser.add_argument("--server", required=True, help="such as https://attendance.school.org")
    parser.add_argument("--keep-in", type=Path, default=HOME, help="the phone's key and log-in")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    log_in = commands.add_parser("log-in", help="once; asks for the password")
    log_in.add_argument("email")
    log_in.set_defaults(run=_log_in)
    commands.add_parser("sessions", help="open sessions of your courses").set_defaults(
        run=_sessions
    )
    commands.add_parser("devices", help="your phones").set_defaults(run=_devices)
    commands.add_parser("log-out", help="end the log-in").set_defaults(run=_log_out)
    going_in = commands.add_parser("check-in", help="with codes, or the digits and the session")
    going_in.add_argument("--tokens", nargs="+", default=[], help="as read from the screen")
    going_in.add_argument("--short-code", default="", help="the digits on the screen")
    going_in.add_argument("--session", help="needed with the digits")
    going_in.add_argument("--frames", type=Path, help="folder with the pictures of a burst")
    going_in.add_argument("--radio", action="store_true", help="use this machine's Bluetooth")
    going_in.set_defaults(run=_check_in)
    return parser


# --- commands ------------------------------------------------------------------------------


def _log_in(given: argparse.Namespace, connections: Connections) -> None:
    given.keep_in.mkdir(mode=0o700, parents=True, exist_ok=True)
    phone = Phone(connections, DeviceKey.kept_in(given.keep_in / "key.pem"))
    answer = phone.log_in(given.email, getpass.getpass())
    _keep(given, phone)
    print(f"Logged in as {answer['user']['full_name']}.")
    print((answer["notice"] or answer["device"] or {}).get("detail") or _standing(answer))


def _standing(answer: dict[str, Any]) -> str:
    device = answer["device"]
    return device["message"] if device else "This account needs no phone."


def _sessions(given: argparse.Namespace, connections: Connections) -> None:
    rows = _phone(given, connections).get("/sessions?state=open")["results"]
    for row in rows:
        print(row["id"], row["subject_name"], row["room"], row["starts_at"], sep="  ")
    if not rows:
        print("No session of yours is open.")


def _devices(given: argparse.Namespace, connections: Connections) -> None:
    for row in _phone(given, connections).get("/devices")["results"]:
        print(row["id"], row["status"], row["name"], row["message"], sep="  ")


def _log_out(given: argparse.Namespace, connections: Connections) -> None:
    _phone(given, connections).log_out()
    (given.keep_in / "login.json").unlink()


def _check_in(given: argparse.Namespace, connections: Connections) -> None:
    phone = _phone(given, connections)
    front_camera = FolderCamera(given.frames) if given.frames else None
    if given.short_code:
        outcome = _with_digits(given, phone, _radio(given), front_camera)
    elif given.tokens:
        outcome = check_in(phone, Typed(given.tokens), _radio(given), front_camera)
    else:
        raise Stop("Give --tokens, or --short-code and --session.")
    print(outcome.message, *outcome.reasons, sep="\n")


def _with_digits(
    given: argparse.Namespace, phone: Phone, radio: Radio | None, front_camera: FolderCamera | None
) -> CheckInResult:
    """Check in with the short code, which is for a broken camera. A teacher confirms it."""
    if not given.session:
        raise Stop("The digits need their --session: 'sessions' lists those that are open.")
    step = phone.type_digits(given.short_code, given.session)
    return go_on(phone, step, radio, front_camera)


def _radio(given: argparse.Namespace) -> Radio | None:
    if not given.radio:
        return None
    try:
        return BleakRadio()
    except ImportError:
        raise Stop("--radio needs bleak: pip install './phone[radio]'.") from None


# --- the log-in between two runs -----------------------------------------------------------


def _phone(given: argparse.Namespace, connections: Connections) -> Phone:
    """A phone with the stored log-in. Each run takes new tokens: a refresh token is good once."""
    kept = given.keep_in / "login.json"
    if not kept.exists():
        raise Stop("Nobody is logged in here yet: run 'log-in EMAIL' first.")
    phone = Phone(connections, DeviceKey.kept_in(given.keep_in / "key.pem"))
    phone.refresh = json.loads(kept.read_text())["refresh"]
    phone.renew()
    _keep(given, phone)
    return phone


def _keep(given: argparse.Namespace, phone: Phone) -> None:
    fresh = given.keep_in / "login.new"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"refresh": phone.refresh}, file)
    fresh.replace(given.keep_in / "login.json")


if __name__ == "__main__":
    sys.exit(main())
