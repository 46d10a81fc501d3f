"""What nobody asked for is not written: fields of the database beside those that a call has.

Each call and each form is made twice from the same state, once as it is and once with a field for
every column of every table, and each time taken back. Both leave the same flags and choices behind,
and no value of the added fields.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.db import models
from django.urls import get_resolver
from rest_framework import serializers

from attendance_project.tests.described import description
from attendance_project.tests.malformed import Examples, Operation, as_form, is_form
from attendance_project.tests.page_lists import Element, parsed
from attendance_project.tests.taking_back import taken_back
from attendance_project.tests.test_access import BODIES, ROLES, ROWS, Row, path_of
from attendance_project.tests.test_access import _body as filled
from attendance_project.tests.test_every_list import pages_of
from attendance_project.tests.world import World

pytestmark = [pytest.mark.slow, pytest.mark.once, pytest.mark.django_db]

OURS = ("accounts", "sessions_app", "verification", "reports")
TEXT, NUMBER, DAY = "mass-assigned-text", 770_077, "2077-07-07"
UUID = "77777777-7777-4777-8777-777777777777"
TRACES = (TEXT, str(NUMBER), DAY, UUID)
ADMIN_ONLY = ("role", "is_active")
DESCRIPTION = description()


def columns() -> dict[str, models.Field[Any, Any]]:
    """A field of each name in our tables, by that name and by that of its column."""
    found: dict[str, models.Field[Any, Any]] = {}
    for model in models_of_ours():
        for field in model._meta.concrete_fields:
            found |= {field.name: field, field.attname: field}
    return found | {"pk": found["id"]}


def models_of_ours() -> list[type[models.Model]]:
    return [model for app in OURS for model in apps.get_app_config(app).get_models()]


def wanted(field: models.Field[Any, Any]) -> Any:
    """A value for the field that no test writes, or the one that is not its default."""
    if isinstance(field, models.BooleanField):
        return not field.get_default()
    if field.choices:
        return str(list(field.flatchoices)[-1][0])
    if isinstance(field, models.DateField | models.TimeField):
        return f"{DAY}T07:07:07Z" if isinstance(field, models.DateTimeField) else DAY
    if isinstance(field, models.IntegerField | models.FloatField | models.DurationField):
        return NUMBER
    if field.is_relation or isinstance(field, models.UUIDField) or field.primary_key:
        return UUID
    return TEXT


COLUMNS = columns()
TAKEN = {"reviews": ["note"], "closed-days": ["until"]}
"""Fields that an address takes besides those of its form, by the address's first part."""


def others(than: set[str]) -> dict[str, Any]:
    return {name: wanted(field) for name, field in COLUMNS.items() if name not in than}


def left_behind(call: Callable[[], int]) -> tuple[int, Counter[Any], str]:
    """The call's status, the flags and choices of all rows after it, and their values as a text."""
    with taken_back():
        status = call()
        flags: Counter[Any] = Counter()
        texts = []
        for model in models_of_ours():
            kept = [f.attname for f in model._meta.concrete_fields if is_flag(f)]
            for row in model._default_manager.values():
                flags[(model.__name__, *(str(row[name]) for name in kept))] += 1
                texts.append(str(row))
    return status, flags, "\n".join(texts)


def more_than_asked(plain: Callable[[], int], more: Callable[[], int]) -> tuple[int, list[Any]]:
    """The status of the call with more fields, and what it wrote of them."""
    status, flags, text = left_behind(more)
    found: list[Any] = [trace for trace in TRACES if trace in text]
    if status < 400:
        found += (flags - left_behind(plain)[1]).elements()
    return status, found


def is_flag(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, models.BooleanField) or bool(field.choices)


def test_nothing_more_is_written_by_the_api(world: World):
    wrong, statuses = [], Counter[int]()
    for row in ROWS:
        if operation := operation_of(row):
            role = who_gets_furthest(row)
            plain = body_of(row, operation, world)
            more = plain | others(fields_of(operation))
            status, found = more_than_asked(
                partial(send, row, role, world, plain), partial(send, row, role, world, more)
            )
            statuses[status // 100] += 1
            wrong += [f"{row.method} {row.route} {role}: {each}" for each in found]
    assert wrong == []
    assert statuses[2] >= 30, statuses


def operation_of(row: Row) -> Operation | None:
    if row.method not in ("POST", "PUT", "PATCH") or not row.route.startswith("api/"):
        return None
    path = "/" + row.route
    for described, methods in DESCRIPTION["paths"].items():
        if shape(described) == shape(path) and row.method.lower() in methods:
            found: Operation = methods[row.method.lower()]
            return found
    return None


def shape(path: str) -> list[str]:
    return ["*" if part[:1] in ("<", "{") else part for part in path.split("/")]


def who_gets_furthest(row: Row) -> str:
    by_role = dict(zip(ROLES, row.statuses, strict=True))
    return min(("student", "teacher", "admin"), key=lambda role: by_role[role])


def fields_of(operation: Operation) -> set[str]:
    contents = list(operation.get("requestBody", {}).get("content", {}).values())
    examples = Examples(DESCRIPTION, {"student_id": UUID})
    schemas = (examples._resolved(one["schema"]) for one in contents)
    return {name for schema in schemas for name in schema.get("properties", {})}


def body_of(row: Row, operation: Operation, world: World) -> dict[str, Any]:
    """A body that is in order, as far as the description and the access test say it."""
    if row.route in BODIES:
        body: dict[str, Any] = filled(BODIES[row.route], world)
        return body
    contents = list(operation.get("requestBody", {}).get("content", {}).values())
    examples = Examples(DESCRIPTION, world.ids)
    required = examples._resolved(contents[0]["schema"]).get("required", []) if contents else []
    whole = examples.body_of(operation)
    return {name: whole[name] for name in required}


def send(row: Row, role: str, world: World, body: dict[str, Any]) -> int:
    path = path_of(row, world)
    client = world.client(role, path)
    operation = operation_of(row)
    if operation and is_form(operation):
        answer = client.post(path, as_form(body), format="multipart")
    else:
        text = json.dumps(body, default=str)
        answer = client.generic(row.method, path, text, "application/json")
    status: int = answer.status_code
    return status


# --- pages ----------------------------------------------------------------------------


def test_nothing_more_is_written_by_the_forms_of_pages(world: World):
    wrong: list[str] = []
    statuses = Counter[int]()
    for (to, _names), (role, plain) in forms_of(world).items():
        more = others({*plain, *TAKEN.get(to.split("/")[1], ())}) | plain
        status, found = more_than_asked(
            partial(post, role, world, to, plain), partial(post, role, world, to, more)
        )
        statuses[status // 100] += 1
        wrong += [f"{role} {to}: {each}" for each in found]
    assert wrong == []
    assert statuses[3] >= 20, statuses


def forms_of(world: World) -> dict[tuple[str, str], tuple[str, dict[str, str]]]:
    """The forms of all pages by address and names of fields: who sees the form, and its values."""
    forms = {}
    for role in ("teacher", "admin"):
        for row in pages_of(role):
            path = path_of(row, world)
            page = parsed(world.client(role, path).get(path).content.decode())
            for form in page.within():
                if form.tag == "form" and form.attributes.get("method", "").lower() == "post":
                    values = values_of(form)
                    to = (form.attributes.get("action") or path).partition("?")[0]
                    forms[to, " ".join(sorted(values))] = (role, values)
    return forms


def post(role: str, world: World, path: str, body: dict[str, Any]) -> int:
    status: int = world.client(role, path).post(path, body).status_code
    return status


def values_of(form: Element) -> dict[str, str]:
    """What a browser would send of the form as it stands."""
    values = {}
    for each in form.within():
        name, kind = each.attributes.get("name"), each.attributes.get("type", "")
        if not name or kind == "file":
            continue
        if each.tag == "select":
            options = [o for o in each.within() if o.tag == "option"]
            chosen = [o for o in options if "selected" in o.attributes] or options
            values[name] = chosen[0].attributes.get("value", "") if chosen else ""
        elif each.tag == "textarea":
            values[name] = each.text
        elif kind not in ("checkbox", "radio") or "checked" in each.attributes:
            values[name] = each.attributes.get("value", "") or "text"
    return values


# --- what serializers and forms may write ---------------------------------------------

RIGHTS = {
    *("id", "pk", "password", "is_staff", "is_superuser", "is_active", "is_approved", "role"),
    *("groups", "user_permissions", "last_login", "email_confirmed_at", "jkt", "digest"),
    *(
        "by",
        "by_id",
        "at",
        "decided_at",
        "created_at",
        "outcome",
        "evidence",
        "policy",
        "ciphertext",
    ),
}
"""Names that say who somebody is, what they may, or what the server itself found out."""


MEANT = {
    *(f"POST {path} password" for path in ("/login", "/register/student", "/register/teacher")),
    *("POST /register/admin password", "POST /invitations role", "POST /imports/sessions digest"),
    *(f"{verb} /profile/update/{{id}} {name}" for verb in ("PUT", "PATCH") for name in ADMIN_ONLY),
    *("POST /courses is_active", "PATCH /excuse-kinds/{kind_id} is_active"),
    *("POST /courses/{course_id}/staff role", "PATCH /courses/{course_id}/staff/{person_id} role"),
}
"""What the caller may say: the own password, the digest of a file that was looked at, and what only
an admin or a course's teacher may change."""


def all_below(kind: type) -> Iterator[type]:
    for each in kind.__subclasses__():
        yield each
        yield from all_below(each)


def of_ours(kind: type) -> list[type]:
    get_resolver().url_patterns  # noqa: B018  # the views are imported then, and what they use
    return [each for each in all_below(kind) if each.__module__.split(".")[0] in OURS]


def test_no_call_writes_rights_but_those_that_are_meant_to():
    writable = {
        f"{method.upper()} {path.removeprefix('/api/v1')} {name}"
        for path, methods in DESCRIPTION["paths"].items()
        for method, operation in methods.items()
        for name in fields_of(operation) & RIGHTS
    }
    assert writable == MEANT


def test_only_the_administration_writes_rights_by_a_form():
    writable = {
        f"{each.__name__}.{name}"
        for each in of_ours(forms.ModelForm)
        for name in getattr(each, "base_fields", {})
        if name in RIGHTS
    }
    people = {f"ChangedUserForm.{name}" for name in ("is_active", "password", "role")}
    assert writable == people | {"NewUserForm.role"}


@pytest.mark.parametrize("kind", [serializers.ModelSerializer, forms.ModelForm])
def test_each_model_class_names_its_fields(kind: type):
    """A new column would be open to everybody with ``__all__`` or ``exclude``."""
    for each in of_ours(kind):
        meta = getattr(each, "Meta", None)
        if meta is not None and each.__module__.split(".")[-1] != "admin":
            assert isinstance(meta.fields, list | tuple), each
