"""The beacon's state for people: redrawn in place on a terminal, line by line in a journal."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from beacon.programme import State

Rows = list[tuple[str, str, str]]
"""Rows of the screen: label, words, and a style of rich's."""
_GOOD, _WAIT, _BAD = "green", "yellow", "red"


def rows_of(state: State) -> Rows:
    """Everything there is to tell. What to do stands right below what is wrong."""
    return [
        *_server(state),
        *_session(state),
        *_radio(state),
        ("Phones", f"{state.answered} answered, {state.waiting} waiting", ""),
        *_clock(state),
        *([("Last error", state.last_error, "dim")] if state.last_error else []),
    ]


def _server(state: State) -> Rows:
    if state.server_problem:
        held = " The session stays on the air." if state.on_air else ""
        return [("Server", state.server_problem + held, _BAD)]
    if state.assignment is None:
        return [("Server", f"asking {state.server_url}", _WAIT)]
    return [("Server", state.server_url, _GOOD), *_unsafe(state.server_url)]


def _unsafe(url: str) -> Rows:
    local = ("http://localhost", "http://127.", "http://[::1]")
    if url.startswith("https://") or url.startswith(local):
        return []
    return [("", "The token goes over the network in the clear: use https.", _WAIT)]


def _session(state: State) -> Rows:
    given = state.assignment
    if given is None:
        return []
    where = f"room {given.room}" if given.room else "no room"
    if given.session_id is None:
        return [("Session", f"none is open in {where}; waiting for the next", _WAIT)]
    words = f"{given.title}, {where}, {given.state}"
    if given.key is None:
        return [("Session", f"{words}; on the air as soon as it is opened", _WAIT)]
    return [("Session", words, _GOOD)]


def _radio(state: State) -> Rows:
    problem = state.radio_problem
    if problem is not None:
        return [("Radio", str(problem), _BAD), ("", problem.mend, _BAD)]
    if not state.radio_words:
        return [("Radio", "being opened", _WAIT)]
    if state.slot is None:
        return [("Radio", f"{state.radio_words}: ready, silent", _WAIT)]
    return [("Radio", f"{state.radio_words}: on the air, slot {state.slot}", _GOOD)]


def _clock(state: State) -> Rows:
    if not state.clock_is_far_off:
        return []
    error_s = state.own_clock_error_s or 0.0
    ahead = "ahead" if error_s > 0 else "behind"
    return [
        ("Clock", f"this machine's is {abs(error_s):.0f} s {ahead}; the server's is used", _WAIT),
        ("", "Set it: sudo timedatectl set-ntp true", _WAIT),
    ]


class LiveScreen:
    """Draws the state in place on a terminal."""

    def __init__(self, console: Console | None = None) -> None:
        self._live = Live(console=console or Console(), auto_refresh=False)

    def __enter__(self) -> LiveScreen:
        self._live.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._live.stop()

    def draw(self, state: State) -> None:
        table = Table.grid(padding=(0, 2))
        for label, words, style in rows_of(state):
            table.add_row(Text(label, "bold"), Text(words, style))
        hint = Text("Ctrl-C takes the beacon off the air.", "dim")
        self._live.update(Group(table, hint), refresh=True)


class LineScreen:
    """Writes to a journal or a pipe: a line whenever there is something else to tell.

    The slot and the number of phones change all the time, so they are told only with the rest.
    """

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._told: dict[str, str] = {}

    def __enter__(self) -> LineScreen:
        return self

    def __exit__(self, *exc: object) -> None:
        return None

    def draw(self, state: State) -> None:
        label = ""
        fresh: dict[str, str] = {}
        for name, words, _ in rows_of(state):
            label = name or label
            fresh[label] = f"{fresh[label]} {words}" if label in fresh else words
        for label, words in fresh.items():
            steady = words.partition(", slot ")[0]
            if label not in ("Phones", "Last error") and self._told.get(label) != steady:
                self._told[label] = steady
                self._out.write(f"{datetime.now():%H:%M:%S} {label}: {words}\n")  # noqa: DTZ005  # for whoever sits there
        self._out.flush()


def screen_for(out: TextIO) -> LiveScreen | LineScreen:
    return LiveScreen() if out.isatty() else LineScreen(out)
