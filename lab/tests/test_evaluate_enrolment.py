"""The command that draws honest people who enrol a face says how many are refused."""

from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command

from lab.evaluation import enrolments
from verification.domain.challenge import Move
from verification.domain.findings import finding_of
from verification.domain.reasons import Reason
from verification.services import JudgedFilm

Pictures = dict[str, list[bytes]]


@pytest.mark.slow
def test_command_counts_films_people_and_reasons(photographs: Pictures, capsys) -> None:
    call_command("evaluate_enrolment", "--people=1", "--seconds=0.1")

    printed = capsys.readouterr().out
    assert "Films refused: " in printed
    assert f"/{enrolments.TRIES}" in printed
    assert "Drawn from photographs of 1 people." in printed


def test_what_a_film_could_not_show_is_left_out_of_the_next_draw(
    photographs: Pictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[set[Move]] = []
    answers = _answers()
    draw = enrolments.draw_challenge

    def drawing(rng, without=frozenset()):
        drawn.append(set(without))
        return draw(rng, without=without)

    monkeypatch.setattr(enrolments, "draw_challenge", drawing)
    monkeypatch.setattr(enrolments, "judge_film", lambda *_args, **_more: next(answers))
    monkeypatch.setattr(enrolments, "_is_plain", lambda _photo: False)

    found = enrolments.evaluate(photographs["biden"][:1], 0.001, lambda: None)

    assert drawn == [set(), {Move.BLINK}, set()]
    assert (found.refused.count, found.refused.total) == (2, 3)
    assert (found.given_up.count, found.given_up.total) == (0, 1)
    assert found.plain.total == 0
    assert found.reasons == {"moves_unreadable": 1, "face_poor_capture (too_dark)": 1}


def _answers() -> Iterator[JudgedFilm]:
    unreadable, poor = finding_of(Reason.MOVES_UNREADABLE), finding_of(Reason.FACE_POOR_CAPTURE)
    yield JudgedFilm(None, findings=(unreadable,), moves_unreadable=("blink",))
    yield JudgedFilm(None, findings=(poor,), hint="too_dark")
    yield JudgedFilm(None)


def test_a_folder_that_is_not_there_is_said(tmp_path) -> None:
    with pytest.raises(CommandError, match="no folder"):
        call_command("evaluate_enrolment", f"--images={tmp_path / 'missing'}")
