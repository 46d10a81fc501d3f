"""What a running server writes into its log, and the secrets of links, which are not in it."""

import email
import re
from email.message import Message
from pathlib import Path

import httpx
import pytest

from attendance_project.tests.browser.server import Server
from attendance_project.tests.patience import PATIENCE_S, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LINK = re.compile(r"https?://\S+/password/new/#(\S+)")


@pytest.fixture
def visitor(server, transactional_db):
    with httpx.Client(base_url=server.url, timeout=PATIENCE_S, follow_redirects=True) as client:
        yield client


def send(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    """Send a page's form, as a browser does."""
    client.get(path).raise_for_status()
    token = client.cookies["csrftoken"]
    return client.post(path, data=fields | {"csrfmiddlewaretoken": token})


def mails_of(server: Server) -> set[Path]:
    """The mails that the server sent, also those of tests before."""
    return set(server.mails.glob("*")) if server.mails.exists() else set()


def mail_to(server: Server, address: str, before: set[Path]) -> str:
    """The text of the mail to this address that was not there before, as soon as it is there."""

    def look() -> str:
        mails = [_read(path) for path in mails_of(server) - before]
        return next((_text(mail) for mail in mails if mail["To"] == address), "")

    return until(look)


def _read(path: Path) -> Message:
    return email.message_from_bytes(path.read_bytes())


def _text(mail: Message) -> str:
    return mail.get_payload(decode=True).decode()


def test_the_secret_of_a_reset_is_in_no_line_of_the_servers_log(server, visitor, teacher):
    before = mails_of(server)
    send(visitor, "/password/forgotten/", email=teacher.email).raise_for_status()
    secret = LINK.search(mail_to(server, teacher.email, before))[1]
    shown = send(visitor, "/password/new/", code=secret)
    assert "Save password" in shown.text
    log = until(lambda: _log_with(server, shown.url.path))

    assert "POST /password/new/" in log
    assert secret not in log
    assert secret.partition(".")[2] not in log
    assert shown.headers["Referrer-Policy"] == "same-origin"
    assert secret not in str(shown.url)


def _log_with(server: Server, line: str) -> str:
    log = server.log.read_text(errors="replace")
    return log if line in log else ""
