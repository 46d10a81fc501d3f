"""What the beacon reads in the server's answers."""

import httpx
import pytest

from beacon.clock import ServerClock
from beacon.server import Server, ServerAway, TokenRefused

GOOD = {
    "server_time_s": 1_800_000_000.25,
    "slot_s": 5,
    "ask_again_s": 10,
    "room": "B-204",
    "session": {"id": "5e", "title": "Operating Systems · CSE-A", "state": "open", "ends_at": "x"},
    "key": "00" * 32,
}

NOW_S = 7.0
"""What the machine's own clock shows."""


async def ask(answer, clock=None):
    """The assignment that the beacon reads in this answer. A callable handles the request."""
    handler = answer if callable(answer) else lambda request: answer
    transport = httpx.MockTransport(handler)
    using = {"monotonic": lambda: NOW_S, "transport": transport}
    async with Server("https://s.test/", "tok", clock or ServerClock(), **using) as s:
        return await s.assignment()


async def test_an_open_session_is_read_and_the_clock_told():
    clock, asked = ServerClock(monotonic=lambda: NOW_S), []

    def handler(request):
        asked.append(request)
        return httpx.Response(200, json=GOOD)

    given = await ask(handler, clock)
    assert (given.key, given.title, given.name) == (
        bytes(32),
        GOOD["session"]["title"],
        "ATT B-204",
    )
    assert clock.now() == GOOD["server_time_s"]
    assert str(asked[0].url) == "https://s.test/api/v1/beacon/assignment"
    assert asked[0].headers["Authorization"] == "Beacon tok"


async def test_nothing_open_is_no_key():
    given = await ask(httpx.Response(200, json=GOOD | {"session": None, "key": None}))
    assert (given.key, given.session_id, given.room) == (None, None, "B-204")


async def test_a_refused_token_says_where_to_get_another():
    with pytest.raises(TokenRefused, match="issue_beacon_token"):
        await ask(httpx.Response(401, json={"code": "beacon_token_not_valid"}))


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(401, text="Log in to the proxy"),
        httpx.Response(403, json={"code": "blocked"}),
        httpx.Response(403, json=[]),
        httpx.Response(502, text="<html>Bad gateway</html>"),
    ],
)
async def test_a_proxys_answer_does_not_end_the_beacon(answer):
    with pytest.raises(ServerAway):
        await ask(answer)


async def test_a_token_that_cannot_be_sent_is_not_printed():
    def refuse(request):
        raise httpx.LocalProtocolError("Illegal header value b'Beacon secret'")

    transport = httpx.MockTransport(refuse)
    async with Server("https://s.test/", "tok", ServerClock(), transport=transport) as server:
        with pytest.raises(ServerAway, match="one line") as raised:
            await server.assignment()
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>Log in to the Wi-Fi</html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"server_time_s": "soon", "ask_again_s": 1}),
        httpx.Response(404, json={}),
        httpx.Response(301, headers={"Location": "https://elsewhere.test"}),
        *(httpx.Response(200, json=GOOD | {"key": key}) for key in ("zz", "00", 7)),
        *(httpx.Response(200, json=GOOD | {"session": session}) for session in ("x", [1])),
        httpx.Response(200, json={k: v for k, v in GOOD.items() if k != "room"}),
    ],
)
async def test_an_answer_that_is_none_of_ours_is_tried_again(answer):
    with pytest.raises(ServerAway, match="--server"):
        await ask(answer)


async def test_a_token_used_twice_is_told_so():
    with pytest.raises(ServerAway, match="elsewhere"):
        await ask(httpx.Response(429))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx.ConnectTimeout("slow"), "does not answer"),
        (httpx.ConnectError("no route"), "cannot be reached"),
        (httpx.InvalidURL("port"), "Check the address"),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] not yet valid"), "clock"),
    ],
)
async def test_a_server_that_is_away_is_put_into_words(error, words):
    def handler(request):
        raise error

    with pytest.raises(ServerAway, match=words):
        await ask(handler)
