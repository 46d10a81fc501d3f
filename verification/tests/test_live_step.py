"""The live film over its websocket: the honest way, and every way to misuse it."""

from __future__ import annotations

import asyncio
import json
import threading
from datetime import timedelta
from itertools import pairwise

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator

from attendance_project.asgi import application
from attendance_project.tests.patience import PATIENCE_S
from lab.fake_engine import FakeFilm, honest_burst
from sessions_app.models import Attendance
from verification.api import live_film
from verification.domain.live_film import LiveLimits
from verification.models import CheckInDecision, EvidenceRecord, IssuedChallenge
from verification.services import film_tickets
from verification.tests.film_phone import begin, film, follows, go_on, socket
from verification.tests.support import challenge_of, sightings, tokens

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


async def scanned(phone, session):
    """The answer to a scan, with the room proven too."""

    def scan():
        step = phone.scan(tokens(session)).json()
        phone.hear(step["attempt"], sightings(session))
        return step

    return await sync_to_async(scan)()


async def closed(communicator) -> int:
    """The code with which the server closes."""
    while (message := await communicator.receive_output(timeout=PATIENCE_S))["type"] != (
        "websocket.close"
    ):
        pass
    return message["code"]


async def refused(communicator, first: str, code: str, close: int) -> None:
    await communicator.send_to(text_data=first)
    message = await communicator.receive_json_from(timeout=PATIENCE_S)
    assert (message["type"], message["code"]) == ("refused", code)
    assert message["message"]
    assert await closed(communicator) == close


async def test_the_outcome_comes_with_the_last_picture(phone, open_session, student):
    step = await scanned(phone, open_session)

    async with socket() as communicator:
        made = await film(communicator, begin(phone.key, step["live"]["ticket"]), follows())
        assert await closed(communicator) == 1000

    assert made.told[0]["type"] == "ready"
    assert len(made.moves) == made.told[0]["moves"] == 3
    assert made.last["step"]["reasons"] == []
    assert made.last["decision"]["outcome"] == "present"
    row = await Attendance.objects.aget(session=open_session, student=student)
    assert row.evidence == ["code", "bluetooth", "face"]
    kept = await EvidenceRecord.objects.aget(kind="face")
    assert len(kept.measured["liveness"]["responses_s"]) == 3


async def test_without_finish_the_mark_decides(phone, open_session):
    step = await scanned(phone, open_session)

    async with socket() as communicator:
        first = begin(phone.key, step["live"]["ticket"], finish=False)
        made = await film(communicator, first, follows())

    assert made.last["decision"] is None
    assert made.last["step"]["accepted"]
    marked = (await sync_to_async(phone.mark)(step["attempt"])).json()
    assert marked["outcome"] == "present"


async def test_nobody_is_told_a_move_before_the_one_before_was_seen_and_undone(phone, open_session):
    step = await scanned(phone, open_session)

    async with socket() as communicator:
        made = await film(communicator, begin(phone.key, step["live"]["ticket"]), follows())

    told = [message for message in made.told if message["type"] == "seen"]
    for before, after in pairwise(told):
        if before["move"] != after["move"] and after["move"] is not None:
            assert before["phase"] in ("face", "back")
    assert [message["done"] for message in told] == sorted(message["done"] for message in told)


async def test_somebody_else_is_refused_with_another_try(phone, open_session):
    step = await scanned(phone, open_session)

    async with socket() as communicator:
        first = begin(phone.key, step["live"]["ticket"])
        made = await film(communicator, first, follows("somebody else"))

    assert "face_mismatch" in {reason["code"] for reason in made.last["step"]["reasons"]}
    assert made.last["decision"] is None
    assert made.last["step"]["challenge"]["number"] == 2
    assert made.last["step"]["live"]["ticket"] != step["live"]["ticket"]


async def test_the_last_bad_try_is_decided(phone, open_session):
    step = await scanned(phone, open_session)
    live = step["live"]
    for number in (1, 2, 3):
        async with socket() as communicator:
            made = await film(communicator, begin(phone.key, live["ticket"]), follows("stranger"))
        live = made.last["step"]["live"]
        assert (made.last["decision"] is None) == (number < 3)

    assert live is None
    assert made.last["decision"]["outcome"] == "refused"


async def test_moves_are_never_the_same_twice_in_a_row(phone, open_session):
    step = await scanned(phone, open_session)
    asked = []
    for _ in range(2):
        async with socket() as communicator:
            made = await film(
                communicator, begin(phone.key, step["live"]["ticket"]), follows("stranger")
            )
        asked.append(made.moves)
        step = made.last["step"]

    assert asked[0] != asked[1]


# --- tickets --------------------------------------------------------------------------------


async def test_a_ticket_is_good_once(phone, open_session):
    step = await scanned(phone, open_session)
    first = begin(phone.key, step["live"]["ticket"])
    async with socket() as communicator:
        await communicator.send_to(text_data=first)
        assert (await communicator.receive_json_from(timeout=PATIENCE_S))["type"] == "ready"

    async with socket() as communicator:
        await refused(communicator, first, "ticket_not_valid", 4401)


async def test_a_ticket_is_used_once_by_two_at_once(phone, open_session):
    step = await scanned(phone, open_session)
    first = begin(phone.key, step["live"]["ticket"])

    async def opened() -> str:
        async with socket() as communicator:
            await communicator.send_to(text_data=first)
            return (await communicator.receive_json_from(timeout=PATIENCE_S))["type"]

    assert sorted(await asyncio.gather(*(opened() for _ in range(4)))) == [
        "ready", "refused", "refused", "refused"
    ]  # fmt: skip


async def test_a_late_ticket_is_refused(phone, open_session, monkeypatch):
    monkeypatch.setattr(film_tickets, "LIFETIME", timedelta(seconds=-1))
    step = await scanned(phone, open_session)
    async with socket() as communicator:
        first = begin(phone.key, step["live"]["ticket"])
        await refused(communicator, first, "ticket_not_valid", 4401)


async def test_a_ticket_is_no_good_to_another_phone(phone, friend, open_session):
    step = await scanned(phone, open_session)
    ticket = step["live"]["ticket"]
    proofs = {
        "another phone's": begin(friend.key, ticket),
        "for another ticket": begin(phone.key, ticket, proof=begin_proof(phone.key, "x")),
        "none": begin(phone.key, ticket, proof="x"),
    }
    for first in proofs.values():
        async with socket() as communicator:
            await refused(communicator, first, "ticket_not_valid", 4401)
    changed = ticket.replace(":", "x:", 1)
    async with socket() as communicator:
        await refused(communicator, begin(phone.key, changed), "ticket_not_valid", 4401)


def begin_proof(key, ticket: str) -> str:
    return json.loads(begin(key, ticket))["proof"]


async def test_a_ticket_is_no_good_once_the_check_in_is_decided(phone, open_session):
    step = await scanned(phone, open_session)
    await sync_to_async(phone.mark)(step["attempt"], without_face=True)
    async with socket() as communicator:
        first = begin(phone.key, step["live"]["ticket"])
        await refused(communicator, first, "ticket_not_valid", 4401)


async def test_a_check_in_that_is_decided_during_the_film_takes_nothing_more(phone, open_session):
    step = await scanned(phone, open_session)
    shows = follows()

    async with socket() as communicator:
        await communicator.send_to(text_data=begin(phone.key, step["live"]["ticket"]))
        await communicator.receive_json_from(timeout=PATIENCE_S)
        await sync_to_async(phone.mark)(step["attempt"], without_face=True)
        made = await go_on(communicator, shows)

    assert made.last["code"] == "attempt_decided"
    assert not await EvidenceRecord.objects.filter(kind="face").aexists()


async def test_after_a_broken_film_the_burst_follows(phone, open_session):
    step = await scanned(phone, open_session)
    async with socket() as communicator:
        await communicator.send_to(text_data=begin(phone.key, step["live"]["ticket"]))
        await communicator.receive_json_from(timeout=PATIENCE_S)
        await communicator.send_to(bytes_data=follows()(None, 0))
        await communicator.receive_json_from(timeout=PATIENCE_S)

    assert not live_film.FilmConsumer.films
    burst = honest_burst("me", challenge_of(step))
    shown = await sync_to_async(phone.show)(step["attempt"], 1, burst)
    assert shown.json()["accepted"]
    marked = (await sync_to_async(phone.mark)(step["attempt"])).json()
    assert marked["outcome"] == "present"


async def test_after_the_burst_there_is_no_film_for_its_challenge(phone, open_session):
    step = await scanned(phone, open_session)
    burst = honest_burst("me", challenge_of(step))
    await sync_to_async(phone.show)(step["attempt"], 1, burst)
    async with socket() as communicator:
        first = begin(phone.key, step["live"]["ticket"])
        await refused(communicator, first, "ticket_not_valid", 4401)


async def test_a_student_who_declined_is_not_filmed(phone, open_session):
    step = await scanned(phone, open_session)
    await sync_to_async(phone.delete)("/face")
    async with socket() as communicator:
        first = begin(phone.key, step["live"]["ticket"])
        await refused(communicator, first, "ticket_not_valid", 4401)


# --- traffic --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "first",
    [
        " ",
        "no json",
        "[1]",
        '{"type": "end"}',
        '{"type": "begin"}',
        '{"type": "begin", "ticket": 3, "proof": "x"}',
        '{"type": "begin", "ticket": "x", "proof": "x", "finish": "yes"}',
        json.dumps({"type": "begin", "ticket": "x" * 5000, "proof": "x"}),
        "[" * 50_000,
    ],
)
async def test_a_first_message_that_begins_nothing(first):
    async with socket() as communicator:
        await refused(communicator, first, "bad_message", 4400)


async def test_a_picture_before_the_beginning(db):
    async with socket() as communicator:
        await communicator.send_to(bytes_data=b"picture")
        assert (await communicator.receive_json_from(timeout=PATIENCE_S))["code"] == "bad_message"


@pytest.mark.parametrize(
    ("sent", "code", "close"),
    [
        ({"bytes_data": b"no picture"}, "unreadable_image", 4415),
        ({"bytes_data": b"x" * 60_001}, "picture_too_large", 4413),
        ({"text_data": "{}"}, "bad_message", 4400),
    ],
)
async def test_what_is_no_picture_ends_the_film(phone, open_session, sent, code, close):
    step = await scanned(phone, open_session)
    async with socket() as communicator:
        await communicator.send_to(text_data=begin(phone.key, step["live"]["ticket"]))
        await communicator.receive_json_from(timeout=PATIENCE_S)
        await communicator.send_to(**sent)
        assert (await communicator.receive_json_from(timeout=PATIENCE_S))["code"] == code
        assert await closed(communicator) == close
    assert not live_film.FilmConsumer.films


async def test_more_pictures_than_may_wait_end_the_film(phone, open_session, monkeypatch):
    all_sent = threading.Event()

    def look_slowly(film, *args, **how):
        all_sent.wait(PATIENCE_S)
        return look(film, *args, **how)

    look = FakeFilm.look
    monkeypatch.setattr(FakeFilm, "look", look_slowly)
    step = await scanned(phone, open_session)
    async with socket() as communicator:
        await communicator.send_to(text_data=begin(phone.key, step["live"]["ticket"]))
        await communicator.receive_json_from(timeout=PATIENCE_S)
        for n in range(12):
            await communicator.send_to(bytes_data=follows()(None, n))
        async with asyncio.timeout(PATIENCE_S):
            while not any(film.overdone for film in live_film.FilmConsumer.films):
                await asyncio.sleep(0.01)
        all_sent.set()
        codes = []
        while "too_many_pictures" not in codes:
            message = await communicator.receive_json_from(timeout=PATIENCE_S)
            codes.append(message.get("code"))
        assert await closed(communicator) == 4429


async def test_a_phone_that_falls_asleep_holds_no_place(phone, open_session, monkeypatch):
    monkeypatch.setattr(live_film, "STALL_S", 0.2)
    step = await scanned(phone, open_session)
    async with socket() as communicator:
        await communicator.send_to(text_data=begin(phone.key, step["live"]["ticket"]))
        await communicator.receive_json_from(timeout=PATIENCE_S)
        assert (await communicator.receive_json_from(timeout=PATIENCE_S))["code"] == "film_stalled"
        assert await closed(communicator) == 4408
    assert not live_film.FilmConsumer.films


async def test_a_connection_that_says_nothing_is_closed(db, monkeypatch):
    monkeypatch.setattr(live_film, "BEGIN_S", 0.1)
    async with socket() as communicator:
        assert (await communicator.receive_json_from(timeout=PATIENCE_S))["code"] == "film_stalled"


async def test_a_film_without_a_good_face_costs_no_try(phone, open_session, monkeypatch):
    step = await scanned(phone, open_session)
    monkeypatch.setattr(live_film, "LIMITS", LiveLimits(face_wait_s=0.3))
    async with socket() as communicator:
        first = begin(phone.key, step["live"]["ticket"])
        made = await film(communicator, first, follows(brightness=10.0))

    assert made.told[1]["hint"] == "too_dark"
    assert made.told[1]["hint_message"]
    assert made.last["code"] == "no_good_face"
    assert not await EvidenceRecord.objects.filter(kind="face").aexists()


async def test_where_there_is_no_room_the_ticket_is_not_used(phone, open_session, settings):
    step = await scanned(phone, open_session)
    settings.LIVE_FILMS_MOST = 0
    first = begin(phone.key, step["live"]["ticket"])
    async with socket() as communicator:
        await refused(communicator, first, "live_film_busy", 4503)
    settings.LIVE_FILMS_MOST = 1
    async with socket() as communicator:
        made = await film(communicator, first, follows())
    assert made.last["decision"]["outcome"] == "present"


async def test_where_no_films_are_made_there_is_no_ticket(phone, open_session, settings):
    settings.LIVE_FILMS_MOST = 0
    assert (await scanned(phone, open_session))["live"] is None


async def test_a_page_of_another_site_films_nobody(phone, open_session):
    headers = [(b"origin", b"https://elsewhere.example")]
    communicator = WebsocketCommunicator(application, "/ws/check-in/", headers=headers)
    assert not (await communicator.connect(timeout=PATIENCE_S))[0]


async def test_the_film_is_noted_with_its_challenge(phone, open_session):
    step = await scanned(phone, open_session)
    async with socket() as communicator:
        made = await film(communicator, begin(phone.key, step["live"]["ticket"]), follows())

    issued = await IssuedChallenge.objects.aget(number=1)
    assert issued.film_moves == made.moves
    assert issued.filmed_at is not None
    assert await CheckInDecision.objects.acount() == 1


async def test_who_does_not_move_is_asked_again_and_not_accused(phone, open_session, monkeypatch):
    monkeypatch.setattr(live_film, "LIMITS", LiveLimits(move_s=0.5))
    step = await scanned(phone, open_session)

    def stays_still(_move, n):
        return follows()(None, n)

    async with socket() as communicator:
        made = await film(communicator, begin(phone.key, step["live"]["ticket"]), stays_still)

    assert {reason["code"] for reason in made.last["step"]["reasons"]} == {"moves_not_seen"}
    assert made.last["step"]["challenge"] is not None


async def test_a_phone_that_did_not_hear_of_its_film_is_told_how_it_went(phone, open_session):
    """The connection broke after the last move, so that the phone films a burst in its place."""
    step = await scanned(phone, open_session)
    async with socket() as communicator:
        first = begin(phone.key, step["live"]["ticket"], finish=False)
        await film(communicator, first, follows())

    burst = honest_burst("somebody else", challenge_of(step))
    shown = await sync_to_async(phone.show)(step["attempt"], 1, burst)
    assert shown.json()["accepted"], "the burst is not looked at: the film counts"
    assert await EvidenceRecord.objects.filter(kind="face").acount() == 1
