"""A function in a process of its own: what comes back, and how it ends where it must."""

import os
import signal
import threading
import time
from multiprocessing import Pipe

import pytest
from django.utils import translation

from attendance_project.own_process import calls
from attendance_project.own_process.packing import packed, unpacked
from attendance_project.tables import ImportRefused, Problem
from attendance_project.tables.apart import BUSY, TOO_COSTLY, read_apart
from attendance_project.tests import wild_functions
from attendance_project.tests.patience import PATIENCE_S

pytestmark = pytest.mark.own_process


def test_a_result_comes_back_from_another_process():
    with translation.override("en-gb"):
        language, process = calls.run(wild_functions.speaking)

    assert language == "en-gb"
    assert process != os.getpid()
    assert calls.run(wild_functions.doubled, 21) == 42


def test_the_function_may_ask_the_callers_process():
    assert calls.run(wild_functions.asking, "once", ask=lambda word: word.upper()) == "ONCEAGAIN"


def test_what_the_caller_raises_when_asked_reaches_the_caller():
    with pytest.raises(ZeroDivisionError):
        calls.run(wild_functions.asking, "once", ask=lambda word: 1 / 0)


def test_a_refusal_comes_back_whole():
    with pytest.raises(ImportRefused) as refused:
        calls.run(wild_functions.refusing)

    assert refused.value.code == "changed_meanwhile"
    assert refused.value.problems == [Problem(1, "", "too"), Problem(2, "email", "is wrong")]


def test_a_fault_of_the_program_comes_back_with_its_place():
    with pytest.raises(LookupError, match="gone") as raised:
        calls.run(wild_functions.failing)

    assert any("in failing" in line for line in raised.value.__notes__)


@pytest.mark.slow
@pytest.mark.long
def test_a_call_that_never_lets_go_of_the_interpreter_ends_and_others_go_on_meanwhile():
    done: list[str] = []

    def read() -> None:
        with pytest.raises(ImportRefused) as refused:
            read_apart(wild_functions.going_on_for_ever)
        done.append(refused.value.code)

    reading = threading.Thread(target=read)
    reading.start()
    answered = [calls.run(wild_functions.doubled, number) for number in range(20)]
    before_it_ended = not done
    reading.join(PATIENCE_S)

    assert answered == [2 * number for number in range(20)]
    assert before_it_ended
    # It ends by its limit of processor time, or on a busy machine by its limit by the clock.
    assert done in ([TOO_COSTLY], [BUSY])


def test_a_call_that_gets_no_time_of_the_processor_is_refused_for_now(monkeypatch):
    """It was refused as too costly, with the advice to split the file."""
    monkeypatch.setattr(calls, "MOST_WALL_S", 0.2)

    with pytest.raises(ImportRefused) as refused:
        read_apart(wild_functions.stalling)

    assert refused.value.code == BUSY


@pytest.mark.parametrize(
    ("left_s", "expected"), [(PATIENCE_S, calls.TooCostly), (0, calls.TooLate)]
)
def test_a_process_that_is_no_more_took_too_much_or_was_ended_by_its_clock(left_s, expected):
    ours, theirs = Pipe()
    theirs.close()
    talk = calls._Talk(ours, time.monotonic() + left_s)

    with pytest.raises(expected):
        talk.received()
    with pytest.raises(expected):
        talk.send("anything")


def test_a_function_that_takes_too_much_memory_ends():
    with pytest.raises(calls.TooCostly):
        calls.run(wild_functions.growing)


def test_a_process_that_dies_is_refused_and_the_next_one_answers():
    with pytest.raises(calls.TooCostly):
        calls.run(wild_functions.dying)

    assert calls.run(wild_functions.doubled, 1) == 2


def test_a_server_that_died_is_started_again():
    calls.run(wild_functions.doubled, 1)
    calls._server._process.kill()
    calls._server._process.wait(PATIENCE_S)

    assert calls.run(wild_functions.doubled, 2) == 4


def test_where_all_places_are_taken_the_file_is_refused_for_now(monkeypatch):
    monkeypatch.setattr(calls, "MOST_WAIT_S", 0.01)
    monkeypatch.setattr(calls, "_places", threading.BoundedSemaphore(1))
    calls._places.acquire()

    with pytest.raises(ImportRefused) as refused:
        read_apart(wild_functions.doubled, 1)

    assert refused.value.code == BUSY


@pytest.mark.django_db
def test_no_connection_to_the_database_is_inherited(student):
    assert not calls.run(wild_functions.has_connection)


@pytest.mark.own_process
def test_the_process_ends_at_once_though_it_still_loads():
    """It saw only after its loading that its socket was closed, and a server waited for it."""
    server = calls._Server()
    server.prepare(("sessions_app.imports",))
    process = server._process
    assert process is not None
    server.end()
    assert process.returncode == -signal.SIGTERM


def test_other_threads_go_on_while_a_long_answer_is_unpacked():
    """``pickle.loads`` alone lets nobody go on, until all is there."""
    content = [str(number) for number in range(500_000)]
    turns, ends = [0], threading.Event()

    def take_turns() -> None:
        while not ends.is_set():
            turns[0] += 1
            time.sleep(0)

    other = threading.Thread(target=take_turns)
    other.start()
    data = packed(content)
    before = turns[0]
    again = unpacked(data)
    meanwhile = turns[0] - before
    ends.set()
    other.join()
    assert again == content
    assert meanwhile > 3
