"""Every list on every page of teachers and admins is searched, sorted and read page by page.

The test reads each page twice: with one row of everything, and with a crowd. What has more entries
the second time is a list. The pages are those of the access test, and the crowd is held to have
many rows of each model, so neither a new page nor a new kind of row is forgotten.
"""

from typing import Any

import pytest
from django.apps import apps
from django.core.paginator import Paginator
from django.urls import resolve

from attendance_project import lists
from attendance_project.tests.browser.test_every_page import COLUMN, NOT_PAGES
from attendance_project.tests.crowd import forgotten_session, gather
from attendance_project.tests.page_lists import Element, PageList, lists_of
from attendance_project.tests.test_access import ROWS, Row, path_of
from attendance_project.tests.world import World

MANY = 12
"""Rows of the crowd: more than are shown at one glance, so that lists beside others have tools."""
A_PAGE = 5
NOTHING = "zzz-no-such-thing"
RECORD = "sessions/<uuid:session_id>/record/"
IN_THE_BROWSER = "searched and sorted in the browser, which has all of a course's students at once"
A_CHART = "the points of a chart, for people who do not see it; they are read as a whole"

NO_PAGES: dict[tuple[str, str], str] = {
    ("", "Closed days: li"): "those of the next two weeks, so at most 14",
    ("", "Waiting for you: li"): "one for each kind of thing that can wait",
    ("", "Upcoming: li"): "the next six; the pages of the courses have all",
    ("office/", "Warned students: tr"): "the last five, above a link to the list of all",
    ("people/<uuid:account_id>/", ": p"): "the accounts of one person; merges have a list",
    ("imports/calendars/", ": section"): "at most 20 of a person, which the server refuses to pass",
    (RECORD, "Students: li"): f"one form, {IN_THE_BROWSER}",
    ("reports/courses/<uuid:course_id>/", "Show as table: tr"): A_CHART,
    ("reports/attendance/", "Show as table: tr"): A_CHART,
    ("reports/classes/<uuid:class_id>/", "Show as table: tr"): A_CHART,
    ("reports/subjects/<uuid:subject_id>/", "Show as table: tr"): A_CHART,
}
"""Lists without pages, by route and name, each with the reason."""


def pages_of(role: str) -> list[Row]:
    return [
        row
        for row in ROWS
        if row.method == "GET"
        and row.statuses[COLUMN[role]] == 200
        and not NOT_PAGES.search(row.route)
    ]


def look(world: World, role: str, address: str) -> dict[str, PageList]:
    response = world.client(role, address).get(address)
    assert response.status_code == 200, address
    return lists_of(response.content.decode())


@pytest.fixture
def short_pages(monkeypatch) -> None:
    """Whatever a list says, at most A_PAGE of its rows stand on a page."""
    monkeypatch.setattr(
        lists, "Paginator", lambda rows, a_page: Paginator(rows, min(a_page, A_PAGE))
    )


@pytest.mark.slow
@pytest.mark.parametrize("role", ["teacher", "admin"])
@pytest.mark.long
def test_every_list_of_every_page_has_search_order_and_pages(world, short_pages, role):
    paths = {row.route: path_of(row, world) for row in pages_of(role)}
    paths[RECORD] = f"/sessions/{forgotten_session(world).pk}/record/"
    before = {route: look(world, role, path) for route, path in paths.items()}
    gather(world, MANY)
    amiss: list[str] = []
    grown: set[tuple[str, str]] = set()
    for route, path in paths.items():
        for name, shown in look(world, role, path).items():
            had = before[route][name].rows if name in before[route] else ()
            if len(shown.rows) <= len(had) or len(shown.rows) < A_PAGE:
                continue
            grown.add((route, name))
            if (route, name) not in NO_PAGES:
                wrong = what_is_wrong(world, role, path, shown)
                amiss += [f"{route} | {name} | {each}" for each in wrong]
    assert not amiss, "\n".join(amiss)
    assert len(grown) > 30
    if role == "admin":
        unused = {key for key in NO_PAGES if key not in grown}
        assert unused <= {("", "Upcoming: li")}, "only a teacher has it"


def what_is_wrong(world: World, role: str, path: str, shown: PageList) -> list[str]:
    """What the list lacks, or what does not work, in words."""
    amiss = [f"{len(shown.rows)} rows on a page"] if len(shown.rows) > A_PAGE else []
    if not shown.search_name:
        return [*amiss, "no search"]
    if shown.name in (found := look(world, role, f"{path}?{shown.search_name}={NOTHING}")):
        amiss += [f"the search finds {len(found[shown.name].rows)} rows"]
    orders = shown.orders
    if (len(orders) < 2 and not shown.is_table) or not orders:
        amiss.append("no order to choose")
    for order in orders:
        look(world, role, path + order.partition("#")[0])
    if not shown.next:
        return [*amiss, "no next page"]
    second = look(world, role, path + shown.next.partition("#")[0]).get(shown.name)
    if second is None or words_of(second) & words_of(shown):
        amiss.append("the second page has not other rows than the first")
    return amiss


def words_of(shown: PageList) -> set[str]:
    """What each row says, and where its links and buttons lead."""
    return {
        " ".join(
            [row.words(), *(e.attributes.get("href", "") for e in row.within()), *actions(row)]
        )
        for row in shown.rows
    }


def actions(row: Element) -> list[str]:
    return [each.attributes.get("action", "") for each in row.within() if each.tag == "form"]


LEADS_ON = {"session-open": "to the page of the code, which is what one opens a session for"}
"""Buttons in lists that lead elsewhere, by the names of their addresses, each with the reason."""


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.parametrize("role", ["teacher", "admin"])
@pytest.mark.long
def test_each_button_in_a_list_leads_back_to_the_same_page_of_the_list(world, short_pages, role):
    gather(world, MANY)
    pressed: set[tuple[str, str]] = set()
    astray = {}
    for route, path in {row.route: path_of(row, world) for row in pages_of(role)}.items():
        for name, shown in look(world, role, path).items():
            second = path + shown.next.partition("#")[0]
            rows = look(world, role, second)[name].rows if shown.next else ()
            for form in [form for row in rows for form in forms_in(row)]:
                button = (route, resolve(form.attributes["action"]).url_name)
                if button in pressed or button[1] in LEADS_ON:
                    continue
                pressed.add(button)
                to = press(world, role, form, second)
                if to != second:
                    astray[button] = to
    assert astray == {}
    assert len(pressed) > 8


def press(world: World, role: str, form: Element, page: str) -> str:
    """Send the form with its first button. Returns the address that it leads to, without the place
    in the page."""
    fields = [e.attributes for e in form.within() if e.tag in ("input", "button")]
    buttons = [e for e in fields if e.get("type") == "submit"][:1]
    sent = [e for e in fields if e.get("type") == "hidden"] + buttons
    body = {e["name"]: e.get("value", "") for e in sent if "name" in e}
    body |= {e["name"]: "Seen in class." for e in fields if e.get("name") == "note"}
    action = form.attributes["action"]
    referer = f"http://testserver{page}"
    answer = world.client(role, action).post(action, body, headers={"referer": referer})
    assert answer.status_code == 302, (action, answer.status_code)
    return str(answer.headers["Location"]).partition("#")[0]


def forms_in(row: Element) -> list[Element]:
    return [e for e in row.within() if e.tag == "form" and e.attributes.get("method") == "post"]


NOT_LISTED = {
    "accounts": "ReservedEmail RosterEntry Invitation RefreshToken SpentProof FailedLogin "
    "ResetRequest RegistrationTry Passkey PasskeyChallenge",
    "sessions_app": "SeriesMove CalendarMapping ColumnMapping StatusWord WaitingFile Wall",
    "verification": "IssuedChallenge EvidenceRecord ReviewVerdict StrikeNotice FaceCall "
    "CourseComparison PhotoTemplate EnrolmentChallenge TemplateAccess "
    "SparedCheck FaceLot",
    "reports": "AttendanceNotice",
}
"""Models of which no page of teachers and admins has a list: what the server needs for itself."""


@pytest.mark.slow
def test_the_crowd_has_many_rows_of_each_model(world):
    gather(world, MANY)
    few: dict[str, list[Any]] = {app: [] for app in NOT_LISTED}
    for app, named in few.items():
        for model in apps.get_app_config(app).get_models():
            if model.objects.count() < MANY:
                named.append(model.__name__)
    assert few == {app: sorted_as(few[app], names.split()) for app, names in NOT_LISTED.items()}


def sorted_as(found: list[str], names: list[str]) -> list[str]:
    """The names in the order in which they were found."""
    return [name for name in found if name in names] + [n for n in names if n not in found]
