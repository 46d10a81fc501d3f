"""A network that comes and goes: a step is sent again, and the server takes it once."""

import json
import time
from datetime import timedelta

import httpx
import pytest

from beacon import protocol
from conftest import PASSWORD
from phone import client
from phone.api import Blocked, Connections
from phone.check_in import check_in_at_once
from phone.client import Phone
from phone.key import DeviceKey
from sessions_app.models import Session
from sessions_app.services import beacon_key
from verification.models import CheckInAttempt, CheckInDecision, EvidenceRecord
from verification.tests.support import sightings, tokens

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PAUSE_S = 0.05


class Patchy(httpx.HTTPTransport):
    """Loses the next requests or the answers to them on their way, or lets a proxy answer."""

    def __init__(self):
        super().__init__()
        self.requests = self.answers = self.proxys = 0
        self.sent = []

    def handle_request(self, request):
        self.sent.append(request.read())
        if self.requests:
            self.requests -= 1
            raise httpx.ConnectError("no route", request=request)
        if self.proxys:
            self.proxys -= 1
            return httpx.Response(502, text="<h1>Bad gateway</h1>")
        response = super().handle_request(request)
        if self.answers:
            self.answers -= 1
            response.close()
            raise httpx.ReadError("reset", request=request)
        return response


@pytest.fixture
def network(connections):
    patchy = Patchy()
    connections.client = httpx.Client(base_url=connections.server, transport=patchy)
    yield patchy
    connections.client.close()


@pytest.fixture
def phone(connections: Connections, network, student, monkeypatch):
    monkeypatch.setattr(client, "PAUSES_S", (PAUSE_S,))
    made = Phone(connections, DeviceKey())
    made.log_in(student.email, PASSWORD)
    return made


@pytest.fixture
def session(open_session):
    Session.objects.filter(pk=open_session.pk).update(level="room")
    return open_session


LOSSES = [{"requests": 2}, {"answers": 1}, {"proxys": 1}]


@pytest.mark.parametrize("lost", LOSSES, ids=str)
def test_every_step_outlives_what_is_lost_and_counts_once(phone, network, session, lost):
    vars(network).update(lost)
    attempt = phone.scan(tokens(session))["attempt"]
    vars(network).update(lost)
    phone.hear(attempt, sightings(session))
    vars(network).update(lost)
    assert phone.mark(attempt)["outcome"] == "present"
    assert CheckInAttempt.objects.count() == 1
    assert sorted(EvidenceRecord.objects.values_list("kind", flat=True)) == ["bluetooth", "code"]
    assert CheckInDecision.objects.count() == 1


def test_what_was_heard_is_older_when_it_is_sent_again(phone, network, session):
    attempt = phone.scan(tokens(session))["attempt"]
    network.requests, network.sent = 1, []
    phone.hear(attempt, [s | {"heard_s_ago": [3.0] * 5} for s in sightings(session)])
    first, second = (json.loads(body)["sightings"][0]["heard_s_ago"][0] for body in network.sent)
    assert 3.0 <= first < first + PAUSE_S <= second


def test_who_has_no_network_for_long_is_told(phone, network, session):
    phone.patience_s, network.requests = 2 * PAUSE_S, 99
    with pytest.raises(httpx.ConnectError):
        phone.scan(tokens(session))


def test_a_renewal_whose_answer_was_lost_fails_no_step(
    phone, network, session, settings, monkeypatch
):
    settings.REFRESH_REUSE_GRACE = timedelta(seconds=0.2)
    monkeypatch.setattr(client, "SPENT_PAUSE_S", 0.3)
    network.answers = 1
    with pytest.raises(httpx.ReadError):
        phone.renew()
    phone.access = "worn"
    assert phone.scan(tokens(session))["accepted"]


def test_a_refusal_is_no_reason_to_repeat(phone, network, session):
    network.sent.clear()
    with pytest.raises(Blocked):
        phone.scan(["X" * 300])
    assert len(network.sent) == 1


class BackCamera:
    def __init__(self, session):
        self.session = session

    def look(self, codes):
        return tokens(self.session)


class DeafButAnswered:
    """Hears nothing, and asks the session's beacon. Meanwhile the network gets bad."""

    def __init__(self, session, network):
        self.key, self.network = beacon_key(session), network

    def hear(self):
        return []

    def ask(self, nonce):
        self.network.answers = 1
        return protocol.answer(self.key, protocol.slot_at(time.time()), nonce)


def test_all_in_one_request_has_the_beacons_answer_and_counts_once(phone, network, session):
    radio = DeafButAnswered(session, network)
    network.sent.clear()
    outcome = check_in_at_once(phone, str(session.pk), BackCamera(session), radio, None)
    assert outcome.outcome == "present", outcome
    assert len(network.sent) == 3
    measured = EvidenceRecord.objects.get(kind="bluetooth").measured["proximity"]
    assert len(measured["answered_slots"]) == 1
