"""The student's page hears the room's sound through its microphone, and the server accepts it."""

import time

import pytest

import sessions_app.services as teaching
from accounts.tests.phone import PASSWORD
from attendance_project.tests.browser.sound import samples_of, write_wav
from attendance_project.tests.browser.watching import open_window
from beacon.protocol import SLOT_S, slot_at, sound_payload
from verification.models import EvidenceRecord
from verification.tests.support import new_nonce, tokens

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]

LOG_IN = """async ([email, password]) => {
  const { logIn } = await import("/static/student/lib/api.js");
  await logIn(email, password, "test");
}"""
SCAN = """async ([tokens, nonce]) => {
  const { post } = await import("/static/student/lib/api.js");
  return post("/qr/scan", { tokens, nonce });
}"""
GATHER = """async ({ attempt, stopAfterMs }) => {
  const sound = await import("/static/student/lib/sound.js");
  const states = [];
  const stop = new AbortController();
  const options = { attempt, session: "", signal: stop.signal };
  options.onState = (_, state) => {
    states.push(state);
    if (state === "listening" && stopAfterMs) setTimeout(() => stop.abort(), stopAfterMs);
  };
  const tracks = [];
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await ask(wanted);
    tracks.push(...stream.getTracks());
    return stream;
  };
  const offered = sound.isOffered();
  const result = await sound.gather(options);
  return { ...result, offered, states, live: tracks.filter((t) => t.readyState === "live").length };
}"""


AT_RATE = """(() => {
  const Plain = AudioContext;
  globalThis.AudioContext = class extends Plain {
    constructor(options) { super({ sampleRate: %d, ...options }); }
  };
})();"""
"""A script that sets the sample rate, as on a phone whose hardware has that rate."""


@pytest.fixture
def phone_page(hearing, server, watch, transactional_db, student):
    """The student's page, logged in, in a browser with that microphone."""
    context = open_window(hearing, server, watch, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto("/student/")
    page.evaluate(LOG_IN, [student.email, PASSWORD])
    yield page
    context.close()


def attempt_of(page, session):
    step = page.evaluate(SCAN, [tokens(session), new_nonce()])
    assert step["accepted"], step
    return step["attempt"]


def say(page, microphone, session, *, seconds_ago=0):
    """Let the microphone hear what the session's loudspeaker says or said."""
    slot = slot_at(time.time() - seconds_ago)
    payload = sound_payload(teaching.beacon_key(session), slot)
    write_wav(microphone, samples_of(page, payload))


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_the_rooms_sound_is_heard_in_the_page_and_accepted(
    phone_page, microphone, open_session, rate_hz
):
    phone_page.evaluate(AT_RATE % rate_hz)
    began_s = time.monotonic()
    attempt = attempt_of(phone_page, open_session)
    say(phone_page, microphone, open_session)
    sent = []
    phone_page.on("request", lambda r: sent.append(r) if r.method == "POST" else None)
    result = phone_page.evaluate(GATHER, {"attempt": attempt})
    assert result["offered"] is True
    assert (result["what"], result["sentence"]) == ("accepted", "The room's sound was heard.")
    assert result["states"] == ["asking", "listening", "sending"]
    assert result["live"] == 0, "the microphone is off"
    assert [request.url.rpartition("/api/v1")[2] for request in sent] == ["/sound/check"]
    assert set(sent[0].post_data_json) == {"attempt", "finish", "heard", "nonce"}
    assert set(sent[0].post_data_json["heard"][0]) == {"payload", "heard_s_ago"}
    record = EvidenceRecord.objects.get(kind="sound")
    assert len(record.measured["sound"]["slots"]) == 1
    assert 0 <= record.measured["sound"]["heard_s_ago"] <= time.monotonic() - began_s


def test_a_recording_of_minutes_ago_is_refused_with_what_to_do(
    phone_page, microphone, open_session
):
    attempt = attempt_of(phone_page, open_session)
    say(phone_page, microphone, open_session, seconds_ago=14 * SLOT_S)
    result = phone_page.evaluate(GATHER, {"attempt": attempt})
    assert result["what"] == "refused"
    assert "was too old. Try again" in result["sentence"]


def test_another_sound_of_the_same_make_is_not_sent(phone_page, microphone, open_session):
    attempt = attempt_of(phone_page, open_session)
    write_wav(microphone, samples_of(phone_page, b"hello there"))
    result = phone_page.evaluate(GATHER, {"attempt": attempt})
    assert result["what"] == "nothing-heard"
    assert not EvidenceRecord.objects.filter(kind="sound").exists()


def test_in_a_quiet_room_it_gives_up_and_says_what_to_do(phone_page, open_session):
    result = phone_page.evaluate(GATHER, {"attempt": attempt_of(phone_page, open_session)})
    assert (result["what"], result["live"]) == ("nothing-heard", 0)
    assert "Ask your teacher to turn it on" in result["sentence"]


def test_listening_can_be_stopped(phone_page, open_session):
    options = {"attempt": attempt_of(phone_page, open_session), "stopAfterMs": 300}
    result = phone_page.evaluate(GATHER, options)
    assert (result["what"], result["live"]) == ("cancelled", 0)


@pytest.mark.parametrize("microphone_is", ["deny"])
def test_a_microphone_that_is_not_allowed_is_no_dead_end(phone_page, open_session):
    attempt = attempt_of(phone_page, open_session)
    result = phone_page.evaluate(GATHER, {"attempt": attempt})
    assert (result["what"], result["live"]) == ("denied", 0)
    assert "or continue without it" in result["sentence"]
