"""The command that films drawn people and attacks live, and counts what becomes of them."""

from __future__ import annotations

import random
import re

import pytest
from django.core.management import CommandError, call_command

from lab.evaluation import live_films, live_tables
from lab.evaluation.error_rates import Proportion
from lab.evaluation.live_films import ATTACKS, BURST, HONEST, Job, Outcome
from lab.management.arguments import wide_console
from lab.pictures.live_people import QUICK_S
from verification.domain.reasons import Effect
from verification.engines import get_engine

Pictures = dict[str, list[bytes]]


@pytest.mark.slow
@pytest.mark.long
def test_attacks_are_refused_and_people_are_not(
    photographs: Pictures, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("evaluate_live", "--attacked=1", "--tries=1", "--pairs=5", "--engine=opencv")

    printed = capsys.readouterr().out
    fates = fates_in(printed)
    assert fates.keys() == HONEST.keys() | ATTACKS.keys()
    assert all(fates[kind][:3] == (0, 0, 0) for kind in HONEST)
    assert {kind for kind, fate in fates.items() if fate[0] == 1} >= {
        "a still photograph",
        "a print, tilted with the prompts",
        "a print, bent round a cylinder",
        "a print with holes, living eyes behind",
        "a photograph moved by software before",
        "a photograph moved by software to the prompts",
        "a face laid over another's head",
        "somebody else from the first move on",
        "two people's frames mixed",
    }
    assert fates["pictures sent by hand"][2] == 1
    assert sum(fates["a display, filmed in focus"][:2]) == 1
    assert "by the draws alone 1.4 %" in printed


def fates_in(printed: str) -> dict[str, tuple[int, ...]]:
    """For each kind, how many films were refused, went to the teacher, never began, and passed."""
    row = r"│ (.+?) +│ +(\d+) │ +(\d+) │ +(\d+) │ +[\d.]+ % .*?, (\d+)/\d+ │"
    return {kind: tuple(map(int, counts)) for kind, *counts in re.findall(row, printed)}


@pytest.mark.slow
def test_a_film_is_timed_and_judged(photographs: Pictures) -> None:
    [kind, _] = HONEST
    photos = [photographs[who][0] for who in ("astronaut", "biden")]

    outcome = live_films.run(get_engine("opencv"), photos, Job(kind, 0))
    burst = live_films.run(get_engine("opencv"), photos, Job(BURST, 0))

    assert outcome.passed
    assert outcome.cpu_ms > burst.cpu_ms / 2 > 0
    assert len(outcome.responses_s) == 3
    assert all(seconds > QUICK_S[0] for seconds in outcome.responses_s)


def test_each_person_has_tries_of_their_own() -> None:
    todo = live_films.jobs(people=3, attacked=2, tries=4)

    assert len(todo) == len(set(todo)) == 3 + 2 * 3 * 4 + 2 * len(ATTACKS)


def film(effect: Effect | None, **other: float) -> Outcome:
    reasons = ("moves_not_seen",) if effect is Effect.REFUSE else ()
    return Outcome(effect, reasons, other.get("seconds", 5.0), 500.0, 40, (0.8, 0.9, 1.0))


def test_the_tables_say_what_became_of_the_films(capsys: pytest.CaptureFixture[str]) -> None:
    [quick, slow] = HONEST
    found = {
        quick: [film(Effect.NOTE), film(Effect.REFUSE), film(None)],
        slow: [film(Effect.REVIEW), film(Effect.NOTE)],
        BURST: [film(Effect.NOTE)],
        "a still photograph": [film(Effect.REFUSE)],
    }
    console = wide_console()

    console.print(live_tables.people_table(found))
    console.print(live_tables.attacks_table("opencv", found))
    fates = fates_in(capsys.readouterr().out)

    assert fates == {quick: (1, 0, 1, 1), slow: (0, 1, 0, 1), "a still photograph": (1, 0, 0, 0)}
    assert list(live_tables.reason_lines(found)) == [
        f"{quick}: 1 moves_not_seen",
        "a still photograph: 1 moves_not_seen",
    ]


def test_the_chance_of_a_film_is_said_beside_what_was_counted() -> None:
    assert live_tables.fit_line(Proportion(1, 100), 0.014).endswith("by the draws alone 1.4 %")
    assert live_films.films_that_fit(3, random.Random(1)).total == 3


@pytest.mark.parametrize("missing", ["--images=nowhere", "--engine=crystal-ball"])
def test_what_is_not_there_is_named(photographs: Pictures, missing: str) -> None:
    with pytest.raises(CommandError, match=r"nowhere|crystal-ball"):
        call_command("evaluate_live", missing)
