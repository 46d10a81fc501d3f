"""Secrets in logs, hosts that are not ours, ways to other sites, and what is served to anybody."""

import socket

import pytest

from accounts.models import User
from attendance_project.tests.doors.outsider import secret_in, wait_for_mail
from attendance_project.tests.patience import PATIENCE_S


def test_security_txt_says_where_to_report(come):
    answer = come().get("/.well-known/security.txt")
    assert answer.status_code in (200, 404)  # 404 where the installation names no contact
    assert answer.headers["content-type"].startswith(("text/plain", "text/html"))


def test_secrets_of_links_reach_no_log(come, server, teacher):
    come().form("/password/forgotten/", {"email": teacher.email})
    secret = secret_in(wait_for_mail(server, teacher.email, about="/password/new/"))
    come().form("/password/new/", {"link": secret})
    come().get("/password/new/")
    assert secret not in server.log.read_text()


@pytest.mark.parametrize("host", ["evil.test", "localhost.evil.test", "", "localhost@evil.test"])
def test_a_host_that_is_not_ours_is_refused(come, host):
    answer = come().get("/login/", headers={"Host": host})
    assert answer.status_code == 400


def test_links_in_mails_lead_to_the_public_address(come, server, teacher):
    """Whatever host the request names, the mail leads home."""
    visitor = come()
    visitor.http.headers["Host"] = "127.0.0.1"
    visitor.http.headers["X-Forwarded-Host"] = "evil.test"
    visitor.form("/password/forgotten/", {"email": teacher.email})
    text = wait_for_mail(server, teacher.email, about="/password/new/")
    assert server.url in text
    assert "evil.test" not in text


FORWARDED = {
    "X-Forwarded-Host": "evil.test",
    "X-Forwarded-Server": "evil.test",
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Prefix": "//evil.test",
    "X-Forwarded-For": "evil.test",
    "X-Original-URL": "/admin/",
    "X-Rewrite-URL": "/admin/",
    "X-HTTP-Method-Override": "DELETE",
    "X-Script-Name": "//evil.test",
    "Script-Name": "//evil.test",
    "Daphne-Root-Path": "//evil.test",
    "Forwarded": "host=evil.test;proto=gopher",
}
"""Headers by which some servers let a caller name another host, address or method."""


@pytest.mark.parametrize("path", ["/", "/login/", "/texts.js", "/api/v1/schema", "/student/", "/x"])
def test_no_header_of_a_caller_stands_in_an_answer(come, path):
    """Otherwise whoever asks first could fill a cache for all who come after."""
    answer = come().get(path, headers=FORWARDED)
    plain = come().get(path)
    assert "evil" not in answer.text + str(answer.headers)
    assert "gopher" not in answer.text + str(answer.headers)
    assert answer.status_code == plain.status_code
    assert answer.headers.get("location") == plain.headers.get("location")


@pytest.mark.parametrize("path", ["/account/x.css", "/people/.js", "/account/%2e%2e/static/x.css"])
def test_no_page_of_a_person_is_had_by_an_address_of_a_file(come, admin_user, path):
    """A cache keeps what is named like a file, whoever it is about."""
    visitor = come()
    visitor.log_in(admin_user.email)
    answer = visitor.get(path)
    assert answer.status_code == 404
    assert admin_user.email not in answer.text


def test_two_hosts_in_a_call_are_refused(server):
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE_S) as line:
        line.sendall(b"GET /login/ HTTP/1.1\r\nHost: localhost\r\nHost: evil.test\r\n\r\n")
        assert line.recv(1000).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    "to", ["https://evil.test/", "//evil.test/", "/\\evil.test", "javascript:x"]
)
def test_the_log_in_leads_to_no_other_site(come, teacher, to):
    visitor = come()
    fields = {"username": teacher.email, "password": "correct horse battery", "next": to}
    answer = visitor.form("/login/", fields)
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("/")
    assert "evil" not in answer.headers["location"]


@pytest.mark.parametrize("path", ["/logout/", "/account/password/", "/imports/enrolments/"])
def test_a_form_of_another_site_does_nothing(come, admin_user, path):
    visitor = come()
    visitor.log_in(admin_user.email)
    token = visitor.http.cookies["csrftoken"]
    fields = {"csrfmiddlewaretoken": token}
    origin = {"Origin": "https://evil.test"}
    assert visitor.http.post(path, data=fields, headers=origin).status_code == 403
    assert visitor.http.post(path, data={}).status_code == 403
    assert visitor.is_in()


def test_pages_of_people_are_kept_in_no_cache(come, admin_user):
    visitor = come()
    visitor.log_in(admin_user.email)
    for path in ("/people/", "/account/", "/approvals/"):
        answer = visitor.get(path)
        assert answer.status_code == 200
        kept = answer.headers.get("cache-control", "")
        assert "public" not in kept
        assert "Cookie" in answer.headers.get("vary", "")


@pytest.mark.parametrize(
    "path",
    [
        "/static/../.env",
        "/static/%2e%2e/.env",
        "/static/..%2f.env",
        "/static//etc/passwd",
        "/.env",
        "/api/v1/profile/..%2f..%2fadmin",
        "/q/%00",
        "/q/" + "A" * 8000,
    ],
)
def test_a_path_leads_to_no_file(come, path):
    answer = come().get(path)
    assert answer.status_code in (200, 302, 400, 404)
    assert "SECRET_KEY" not in answer.text
    assert "root:" not in answer.text


WORDS = "+".join(["a"] * 4000)
LISTS = ["/people/", "/courses/", "/approvals/", "/reports/attendance/", "/admin/accounts/user/"]


@pytest.mark.parametrize(
    "query",
    [
        *("search=" + "x" * 10_000, f"search={WORDS}", f"q={WORDS}", "search=%ED%A0%80&q=%ff"),
        *("page=-1", "page=%00", "page=1" + "0" * 30, "ordering=%00", "&".join(["a=1"] * 1500)),
    ],
    ids=lambda query: query[:12],
)
def test_lists_stand_any_query(come, admin_user, query):
    visitor = come()
    visitor.log_in(admin_user.email)
    visitor.take_token(admin_user.email)
    for path in LISTS:
        assert visitor.get(f"{path}?{query}").status_code < 500
    for path in ("/subjects", "/warnings", "/attendance/reviews", "/errors"):
        assert visitor.call("GET", f"{path}?{query}").status_code < 500


@pytest.mark.parametrize("query", ["ordering=password", "ordering=student__password", "search=a"])
def test_lists_are_neither_sorted_nor_searched_by_what_is_secret(come, admin_user, query):
    visitor = come()
    visitor.take_token(admin_user.email)
    for path in ("/accounts/waiting", "/warned-users", "/face/waiting"):
        answer = visitor.call("GET", f"{path}?{query}")
        assert answer.status_code in (200, 400)
        assert admin_user.password not in answer.text


def test_a_page_holds_what_somebody_calls_themself_as_text(come, admin_user, student):
    name = "<script>alert(1)</script> <img src=x onerror=alert(1)>"
    User.objects.filter(pk=student.pk).update(full_name=name)
    visitor = come()
    visitor.log_in(admin_user.email)
    for path in ("/people/", f"/people/{student.pk}/", f"/reports/students/{student.pk}/"):
        page = visitor.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
