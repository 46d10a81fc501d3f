"""What people read: what is on the air, what is wrong, and how to mend it."""

import io

import pytest
from rich.console import Console

from beacon.programme import State
from beacon.radio import RadioProblem
from beacon.screen import LineScreen, LiveScreen, rows_of, screen_for
from beacon.server import Assignment

OPEN = Assignment("B-204", "5e", "Operating Systems", "open", bytes(32), 10)


def state(**changes) -> State:
    values = {"server_url": "https://s.test", "assignment": OPEN, "radio_words": "BlueZ, hci0"}
    return State(**values | {"slot": 353_000_000, "answered": 12, "waiting": 2} | changes)


def words(**changes) -> str:
    return "\n".join(f"{label}: {text}" for label, text, _ in rows_of(state(**changes)))


def test_all_is_well():
    assert words() == (
        "Server: https://s.test\n"
        "Session: Operating Systems, room B-204, open\n"
        "Radio: BlueZ, hci0: on the air, slot 353000000\n"
        "Phones: 12 answered, 2 waiting"
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"assignment": None, "slot": None}, "asking https://s.test"),
        ({"server_problem": "No route."}, "No route. The session stays on the air."),
        ({"server_problem": "No route.", "slot": None}, "Server: No route."),
        ({"radio_words": "", "slot": None}, "Radio: being opened"),
        ({"slot": None}, "ready, silent"),
        ({"last_error": "It was lost."}, "Last error: It was lost."),
        ({"own_clock_error_s": 7200.0}, "7200 s ahead; the server's is used"),
        ({"own_clock_error_s": -90.0}, "90 s behind"),
        ({"own_clock_error_s": 90.0}, "timedatectl"),
        ({"server_url": "http://attend.school"}, "in the clear"),
        ({"radio_problem": RadioProblem("No adapter.", "Plug one in.")}, "No adapter.\n: Plug one"),
        ({"assignment": Assignment("B-204", None, "", "", None, 15)}, "none is open in room B-204"),
        ({"assignment": Assignment("", "5e", "OS", "planned", None, 3)}, "as soon as it is opened"),
    ],
)
def test_what_is_the_matter_is_told(changes, told):
    assert told in words(**changes)


@pytest.mark.parametrize("url", ["https://s.test", "http://localhost:8000", "http://127.0.0.1:1"])
def test_a_safe_way_to_the_server_is_no_matter(url):
    assert "in the clear" not in words(server_url=url, own_clock_error_s=20.0)


def test_a_journal_gets_a_line_whenever_something_changes_and_not_each_slot():
    out = io.StringIO()
    with LineScreen(out) as screen:
        for slot in range(5):
            screen.draw(state(slot=slot, answered=slot))
        told = out.getvalue().splitlines()
        assert len(told) == 3
        screen.draw(state(server_problem="No route."))
        screen.draw(state(server_problem="No route."))
        assert len(out.getvalue().splitlines()) == 4
        screen.draw(state())
    assert out.getvalue().splitlines()[-1].endswith("Server: https://s.test")


def test_a_terminal_is_redrawn_in_place():
    out = io.StringIO()
    with LiveScreen(Console(file=out, force_terminal=True, width=100)) as screen:
        screen.draw(state())
        screen.draw(state(answered=13))
    assert "13 answered" in out.getvalue()
    assert "Ctrl-C" in out.getvalue()


def test_what_is_no_terminal_gets_lines():
    assert isinstance(screen_for(io.StringIO()), LineScreen)
