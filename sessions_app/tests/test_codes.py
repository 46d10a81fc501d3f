"""The code on the wall: of this moment, for its teacher, readable from the last row."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import segno

from attendance_project import clock
from attendance_project.refusals import Refusal
from conftest import NOW
from sessions_app import services
from sessions_app.domain import qr_tokens
from sessions_app.models import Session

API = "/api/v1"


def test_current_code_is_of_the_slot_that_now_lies_in(open_session):
    moment = datetime(2026, 3, 2, 9, 0, 1, 500_000, tzinfo=UTC)
    code = services.current_code(open_session, now=moment)
    claim = qr_tokens.read(code.token)
    assert qr_tokens.is_authentic(services.code_key(open_session), claim)
    assert claim.session_code == open_session.code
    assert claim.slot == code.slot == int(NOW.timestamp()) + 1
    assert code.changes_at == NOW + timedelta(seconds=2)
    assert code.dies_at == NOW + timedelta(seconds=6)


@pytest.mark.parametrize("ms_before_change", [1, 500, 999])
def test_current_code_is_never_of_a_later_slot(open_session, ms_before_change):
    moment = NOW - timedelta(milliseconds=ms_before_change)
    assert services.current_code(open_session, now=moment).slot == int(NOW.timestamp()) - 1


@pytest.mark.parametrize("state", ["planned", "closed"])
@pytest.mark.parametrize("service", [services.current_code, services.short_code])
def test_no_code_unless_open(session, state, service):
    session.state = state
    with pytest.raises(Refusal) as caught:
        service(session, now=NOW)
    assert caught.value.code == "session_not_open"


@pytest.mark.parametrize("asked", ["", "?slot=99999999999", "?now=2040-01-01", "?at=1e12"])
def test_qr_generate_gives_the_code_of_now_whatever_is_asked(api_as, teacher, open_session, asked):
    before = clock.now().timestamp() // 1
    response = api_as(teacher).get(f"{API}/qr/generate/{open_session.pk}{asked}")
    after = clock.now().timestamp() // 1
    assert before <= response.json()["slot"] <= after
    assert qr_tokens.read(response.json()["url"]).slot == response.json()["slot"]
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("state", ["planned", "closed"])
@pytest.mark.parametrize("path", ["/qr/generate/{}", "/sessions/{}/short-code"])
def test_codes_are_refused_unless_open(api_as, teacher, session, state, path):
    Session.objects.update(state=state)
    response = api_as(teacher).get(API + path.format(session.pk))
    assert response.status_code == 409
    assert response.json()["code"] == "session_not_open"


def test_the_url_stays_in_alphanumeric_mode_at_version_3(open_session, settings):
    settings.PUBLIC_URL = "https://attend.uni.example"  # it has 18 characters
    url = services.current_code(open_session, now=NOW).url
    assert re.fullmatch(r"HTTPS://ATTEND\.UNI\.EXAMPLE/Q/[A-Z2-7]{32}", url)
    code = segno.make(url, error="l", micro=False)
    assert (code.mode, code.version) == ("alphanumeric", 3)
    assert f'viewBox="0 0 {29 + 8} {29 + 8}"' in services.current_code(open_session, now=NOW).svg


def test_the_drawing_is_clean_svg(open_session):
    svg = services.current_code(open_session, now=NOW).svg
    assert svg.startswith('<svg shape-rendering="crispEdges" xmlns="http://www.w3.org/2000/svg"')
    assert "style" not in svg
    assert "script" not in svg


def test_keys_differ_by_session_purpose_and_secret(open_session, settings):
    other = Session(code=1)
    keys = [
        services.code_key(open_session),
        services.short_code_key(open_session),
        services.beacon_key(open_session),
        services.code_key(other),
    ]
    settings.CODE_SECRET = "another secret, as after rotation" + "x" * 8
    keys.append(services.code_key(open_session))
    assert len(set(keys)) == 5
    assert {len(key) for key in keys} == {32}


def test_short_code_changes_with_its_slot_and_verifies(open_session):
    code = services.short_code(open_session, now=NOW)
    key = services.short_code_key(open_session)
    assert re.fullmatch(r"\d{6}", code.digits)
    assert code.changes_at == NOW + timedelta(seconds=20)
    assert qr_tokens.is_short_code(key, code.digits, slots=range(code.slot, code.slot + 1))
    assert not qr_tokens.is_short_code(key, code.digits, slots=range(code.slot + 1, code.slot + 4))


def test_beacon_says_what_to_broadcast(api_as, teacher, session):
    body = api_as(teacher).get(f"{API}/sessions/{session.pk}/beacon").json()
    assert bytes.fromhex(body["key"]) == services.beacon_key(session)
    assert body["session_code"] == session.code
    assert (body["slot_s"], body["id_bytes"]) == (5, 8)
