"""The command that draws attacks counts what a check-in would decide about them."""

import re

import pytest
from django.core.management import CommandError, call_command

from lab.evaluation import drawn_attacks
from lab.evaluation.error_rates import Proportion
from verification.engines import get_engine

Pictures = dict[str, list[bytes]]


@pytest.mark.slow
@pytest.mark.long
def test_attacks_are_refused_and_people_are_not(
    photographs: Pictures, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("evaluate_attacks", "--people=3", "--engine=opencv")

    rows = fates_in(capsys.readouterr().out)
    assert rows.keys() == drawn_attacks.KINDS.keys()
    assert rows[drawn_attacks.HONEST] == (0, 0)
    assert {kind for kind, (refused, _) in rows.items() if refused == 3} >= {
        "a still photograph",
        "a print, tilted by 45 degrees",
        "a print, bent round a cylinder",
        "a print with holes, living eyes behind",
        "a photograph moved by software",
        "a face laid over another's head",
        "frames in another order",
        "a film in a loop",
        "moves 1 s too early",
        "moves 1 s too late",
        "two people's frames mixed",
        "somebody else from the first move on",
    }
    assert sum(rows["a display, filmed in focus"]) == 3
    # These show the right person, alive. Some pass by chance, and docs/faces.md says how many.
    by_chance = (
        "moves 0.5 s too early",
        "moves 0.5 s too late",
        "a film held until the second prompt",
    )
    assert all(rows[kind][0] > 0 for kind in by_chance)
    assert all(rows[kind][1] == 0 for kind in by_chance)


def fates_in(printed: str) -> dict[str, tuple[int, int]]:
    """For each kind, how many of three bursts were refused and how many went to the teacher."""
    row = r"│ (.+?) +│ +[\d.]+ % .*?, (\d)/3 │ +[\d.]+ % .*?, (\d)/3 │"
    return {kind: (int(out), int(asked)) for kind, out, asked in re.findall(row, printed)}


def test_photographs_without_a_head_to_draw_are_left_out(photographs: Pictures, jpeg_of) -> None:
    photos = [jpeg_of(320, 240), photographs["astronaut"][0], photographs["biden"][0]]

    assert drawn_attacks.usable(photos, 1) == photos[1:2]


@pytest.mark.slow
def test_every_burst_is_counted_once(photographs: Pictures, monkeypatch) -> None:
    one = {drawn_attacks.HONEST: drawn_attacks.KINDS[drawn_attacks.HONEST]}
    monkeypatch.setattr(drawn_attacks, "KINDS", one)
    photos, ticks = [photographs[who][0] for who in ("astronaut", "biden")], []

    fates = drawn_attacks.evaluate(get_engine("opencv"), photos, lambda: ticks.append(1))

    assert fates == [drawn_attacks.Fate(drawn_attacks.HONEST, Proportion(0, 2), Proportion(0, 2))]
    assert len(ticks) == 2


@pytest.mark.parametrize("missing", ["--images=nowhere", "--engine=crystal-ball"])
def test_what_is_not_there_is_named(photographs: Pictures, missing: str) -> None:
    with pytest.raises(CommandError, match=r"nowhere|crystal-ball"):
        call_command("evaluate_attacks", missing)
