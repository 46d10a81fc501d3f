"""The beacon on the command line: ``python -m beacon --server URL --session ID`` or ``--room``."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import getpass
import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from beacon.clock import ServerClock
from beacon.machine import radio_of_this_machine
from beacon.programme import Programme, WrongSession
from beacon.radio import Radio
from beacon.screen import screen_for
from beacon.server import Server, TokenRefused

TOKEN = re.compile(r"[\x21-\x7e]+")
TOKEN_VARIABLE = "BEACON_TOKEN"  # noqa: S105  # the name of a variable
REFUSED = 3
"""The exit status where starting again will not help (systemd: RestartPreventExitStatus)."""


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    token = _token(options.token_file)
    if not token:
        print(f"No token: give --token-file or {TOKEN_VARIABLE}, or paste it.", file=sys.stderr)
        return REFUSED
    with contextlib.suppress(KeyboardInterrupt):
        return asyncio.run(_run(options, token))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m beacon",
        description="Put a session on the air, for phones in the room to hear.",
        epilog="The token is made on the session's page, or by 'manage.py issue_beacon_token "
        f"ROOM'. It is read from --token-file, from {TOKEN_VARIABLE}, or asked for.",
    )
    parser.add_argument("--server", required=True, type=_url, help="such as https://attend.school")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--session", type=UUID, help="the session that the token is for")
    which.add_argument(
        "--room", action="store_true", help="whichever session is open in the token's room"
    )
    parser.add_argument("--token-file", type=Path, help="a file with the token in it")
    parser.add_argument("--adapter", default="", help="such as hci1 (Linux)")
    parser.add_argument("--radio", default="", metavar="bumble:TRANSPORT", help="for development")
    return parser


def _url(text: str) -> str:
    if not text.startswith(("https://", "http://")):
        raise argparse.ArgumentTypeError("an address begins with https://")
    return text.rstrip("/")


def _token(file: Path | None) -> str:
    if file is not None:
        try:
            return _one_line(file.read_text())
        except (OSError, UnicodeError):
            print(f"The token cannot be read from {file}.", file=sys.stderr)
            return ""
    if text := os.environ.get(TOKEN_VARIABLE, ""):
        return _one_line(text)
    return _one_line(getpass.getpass("Token: ")) if sys.stdin.isatty() else ""


def _one_line(text: str) -> str:
    """The token. It is empty, and a sentence is printed, where there is more than a token."""
    token = text.strip()
    if TOKEN.fullmatch(token) or not token:
        return token
    print("The token must stand alone, on one line, as it was shown.", file=sys.stderr)
    return ""


async def _run(options: argparse.Namespace, token: str) -> int:
    clock = ServerClock()
    session_id = str(options.session) if options.session else None
    async with Server(options.server, token, clock) as server:
        with screen_for(sys.stdout) as screen:
            programme = Programme(
                server, clock, _radio(options), session_id=session_id, draw=screen.draw
            )
            refused = await _until_told(programme)
    if refused:
        print(refused, file=sys.stderr)
    return REFUSED if refused else 0


async def _until_told(programme: Programme) -> str:
    """Run until Ctrl-C or SIGTERM. Returns what made it end by itself, in words."""
    running = asyncio.ensure_future(programme.run())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows, where Ctrl-C arrives all the same
            loop.add_signal_handler(number, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        return ""
    except (TokenRefused, WrongSession) as refused:
        return str(refused)
    return ""


def _radio(options: argparse.Namespace) -> Callable[[], Radio]:
    if options.radio.startswith("bumble:"):
        from beacon.bumble_radio import BumbleRadio

        return lambda: BumbleRadio.named(options.radio.removeprefix("bumble:"))
    return lambda: radio_of_this_machine(options.adapter)


if __name__ == "__main__":
    sys.exit(main())
