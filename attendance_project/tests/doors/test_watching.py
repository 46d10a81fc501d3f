"""A websocket that is open ends with the log-in by which it was opened."""

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from accounts.models import User
from attendance_project.tests.patience import PATIENCE_S

CHOSEN = "a quiet blue lamp"


def closes(socket) -> int | None:
    """The code with which the server closes it, after what it still sends."""
    try:
        while True:
            socket.recv(timeout=PATIENCE_S)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


def log_out(browser, teacher):
    browser.form("/logout/", {}, page="/account/")


def change_password(browser, teacher):
    teacher.set_password(CHOSEN)
    teacher.save()


def deactivate(browser, teacher):
    User.objects.filter(pk=teacher.pk).update(is_active=False)


def lose_the_role(browser, teacher):
    User.objects.filter(pk=teacher.pk).update(role="student")


@pytest.mark.parametrize("change", [log_out, change_password, deactivate, lose_the_role])
def test_a_socket_ends_with_the_log_in(come, teacher, open_session, change):
    browser = come()
    browser.log_in(teacher.email)
    with browser.watch(open_session.pk) as socket:
        assert socket.recv(timeout=PATIENCE_S)
        change(browser, teacher)
        assert closes(socket) == 4404


@pytest.mark.parametrize("who", ["nobody", "student", "colleague"])
def test_a_socket_opens_for_nobody_else(come, student, colleague, open_session, who):
    browser = come()
    if who != "nobody":
        browser.log_in({"student": student, "colleague": colleague}[who].email)
    with pytest.raises(InvalidStatus):
        browser.watch(open_session.pk)


def test_another_sites_page_opens_no_socket(come, teacher, open_session):
    browser = come()
    browser.log_in(teacher.email)
    with pytest.raises(InvalidStatus):
        browser.watch(open_session.pk, origin="https://evil.test")


def test_a_watcher_who_sends_megabytes_is_cut_off(come, teacher, open_session):
    browser = come()
    browser.log_in(teacher.email)
    with browser.watch(open_session.pk) as socket:
        socket.send("x" * 70_000)  # nothing that a watcher sends is read
        assert socket.recv(timeout=PATIENCE_S)
        socket.send("x" * 2_000_000)
        assert closes(socket) is None
