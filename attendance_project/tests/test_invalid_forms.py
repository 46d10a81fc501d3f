"""A form that is not in order is answered with 4xx by each page, with what to correct.

The forms are those that the pages of the access test have: each is sent with every field wrong.
Django's own admin site is not among them: it answers 200, and programs have the API.
"""

import pytest

from attendance_project.tests.page_lists import Element, parsed
from attendance_project.tests.test_access import path_of
from attendance_project.tests.test_every_list import pages_of
from attendance_project.tests.world import World

WRONG = "x" * 5000
FILLED = {"text", "email", "number", "date", "time", "datetime-local", "url", "password", ""}
"""The types of fields that somebody fills in."""


def wrong_body(form: Element) -> dict[str, str]:
    """What the form would send if each field that somebody fills in or chooses were wrong."""
    fields = [e for e in form.within() if e.tag in ("input", "select", "textarea")]
    return {
        field.attributes["name"]: WRONG
        for field in fields
        if field.attributes.get("name") and field.attributes.get("type", "") in FILLED
    }


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.parametrize("role", ["teacher", "admin"])
def test_no_page_answers_200_to_a_form_that_is_not_in_order(world: World, role: str):
    seen: dict[str, int] = {}
    for row in pages_of(role):
        path = path_of(row, world)
        html = world.client(role, path).get(path).content.decode()
        for form in parsed(html).within():
            body = wrong_body(form) if form.attributes.get("method") == "post" else {}
            to = form.attributes.get("action") or path
            if body and to not in seen:
                client = world.client(role, to)
                seen[to] = client.post(
                    to, body, headers={"referer": f"http://testserver{path}"}
                ).status_code
    assert {
        to: status for to, status in seen.items() if status not in (302, 400, 404, 409, 422)
    } == {}
    assert len(seen) > 12
    assert list(seen.values()).count(400) > 8, seen
