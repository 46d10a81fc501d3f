"""A search for faces where none may be: answers, descriptions, exports, admin pages, logs."""

import base64
import json
import logging
import re
import struct
from copy import copy
from dataclasses import fields

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import call_command
from django.db import models
from django.urls import get_resolver, reverse
from rest_framework import serializers

from accounts.models import User
from accounts.tests.phone import signed_in
from attendance_project.tests.described import description
from lab.fake_engine import FakeEngine, honest_burst, picture
from reports.api.serializers.rows import RowSerializer
from reports.models import ErrorEvent
from sessions_app.models import WaitingFile
from verification.domain.evidence import FaceEvidence, LivenessEvidence
from verification.domain.measurements import FrameMeasurement
from verification.models import (
    CheckInDecision,
    EvidenceRecord,
    FaceTemplate,
    PhotoTemplate,
)
from verification.tests.support import (
    after_code_and_radio,
    challenge_of,
    codes_of,
    enrol,
    face_of,
)
from verification.tests.test_photo_match import keep_photo

SEALED = (FaceTemplate, PhotoTemplate)
SEALED_NAMES = ("ciphertext", "vector", "embedding", "template_bytes", "file_digest")
FORBIDDEN = (*SEALED_NAMES, "mesh", "landmark", "score", "_fmr", "likeness")
"""Words that no name of the API may have: faces, pictures, and how alike two faces are."""
GEOMETRY = {f.name for f in fields(FrameMeasurement)} - {"at_s", "faces"}
"""What is measured of a face in a frame. None of it is stored or answered."""
PROJECT = ("accounts", "reports", "sessions_app", "verification")


def traces_of(vector, picture):
    """The forms in which a face or a picture would appear wherever it got out."""
    packed = struct.pack(f"<{len(vector)}f", *vector)
    numbers = [f"{value:.6f}"[:7] for value in vector[:6]]
    raw = [packed[:24], picture, base64.b64encode(picture)[:32], base64.b64encode(packed)[:32]]
    return [*(repr(bytes(r))[2:-1] for r in raw), packed[:16].hex(), picture.hex(), *numbers]


@pytest.fixture
def sealed(phone, student, settings, teacher):
    """What must stay unseen of a student with an approved and a waiting face, pictures, a photo."""
    settings.FACE_ENROLMENT_PHOTO = "show"
    keep_photo(student, face_of("me"))
    sent = enrol(phone, "me", picture_consent_version="2026-12-15min")
    assert sent.status_code == 201
    rows = [row for model in SEALED for row in model.objects.all()]
    assert {type(row) for row in rows} == set(SEALED)
    ciphertexts = [bytes(row.ciphertext).decode()[20:60] for row in rows]
    return [*traces_of(face_of("me").vector, picture("me", shift=0.05)), *ciphertexts]


def found_in(text, traces):
    return [trace for trace in traces if trace in text]


def shapes():
    """Every serializer of the project that an address uses, found by what the addresses import."""
    get_resolver().url_patterns  # noqa: B018
    found = all_below(serializers.Serializer)
    return [s for s in found if s.__module__.startswith(PROJECT) and s is not RowSerializer]


def all_below(shape):
    return {below for direct in shape.__subclasses__() for below in (direct, *all_below(direct))}


def fields_of(shape):
    """The names of a serializer's fields, and of the fields inside them."""
    for name, field in shape.fields.items():
        yield name
        inner = getattr(field, "child", field)
        if isinstance(inner, serializers.BaseSerializer):
            yield from fields_of(inner)


def is_biometric(name):
    return name in GEOMETRY or any(part in name for part in FORBIDDEN)


def keys_of(value):
    """Every key of a JSON value, at any depth."""
    if isinstance(value, dict):
        return set(value) | {key for inner in value.values() for key in keys_of(inner)}
    if isinstance(value, list):
        return {key for inner in value for key in keys_of(inner)}
    return set()


def test_no_shape_of_the_api_has_a_biometric_field():
    names = {(shape.__name__, name) for shape in shapes() for name in fields_of(shape())}
    known = {"OutcomeSerializer", "WarningDetailSerializer", "UserSerializer"}
    assert known <= {shape for shape, _ in names}
    assert [(shape, name) for shape, name in names if is_biometric(name)] == []
    read = [(shape, name) for shape, name in names if name == "frames"]
    assert {shape for shape, _ in read} == {
        *("BurstSerializer", "FaceVerifySerializer", "CheckInSerializer", "FaceEnrolSerializer")
    }


def test_the_description_has_no_biometric_field_and_no_example_of_one():
    described = description()
    text = json.dumps(described, default=str).lower()
    names = {key for key in keys_of(described) if not key.startswith("/")}
    assert {name for name in names if is_biometric(name)} == set()
    assert "data:image" not in text
    assert "/9j/" not in text  # a JPEG begins so in base64
    for name, schema in described["components"]["schemas"].items():
        examples = [schema.get("example"), *schema.get("examples", [])]
        assert not any(examples), name
        for field, part in schema.get("properties", {}).items():
            if part.get("format") == "binary" and not name.endswith("Request"):
                pytest.fail(f"{name}.{field} is a picture that is answered")


@pytest.mark.slow
@pytest.mark.parametrize("role", ["student", "teacher", "admin_user"])
def test_no_answer_of_the_api_no_page_and_no_file_holds_a_face(
    sealed, phone, open_session, role, request, client
):
    """Every address that answers a GET, for this student and what they attended."""
    assert phone.check_in(open_session)["outcome"] == "present"
    user = request.getfixturevalue(role)
    ids = {"student_id": User.objects.get(institution_number="S1").pk}
    ids |= {"user_id": ids["student_id"], "pk": ids["student_id"]}
    course = open_session.course
    ids |= {"session_id": open_session.pk, "course_id": course.pk}
    ids |= {"class_id": course.class_group_id, "subject_id": course.subject_id}
    api, answered = signed_in(user), 0
    client.force_login(user)
    for path in addresses(ids):
        answer = (api if path.startswith("/api/") else client).get(path)
        text = b"".join(answer).decode(errors="replace")
        answered += answer.status_code == 200
        assert found_in(text, sealed) == [], path
        if path.startswith("/api/") and answer.headers["Content-Type"] == "application/json":
            assert {key for key in keys_of(answer.json()) if is_biometric(key)} == set(), path
    assert answered >= 4


def addresses(ids):
    """The addresses of the API and of the reports that these ids can fill."""
    for resolver in get_resolver().url_patterns:
        for pattern in getattr(resolver, "url_patterns", []):
            route = f"{resolver.pattern}{pattern.pattern}"
            for name, value in ids.items():
                route = route.replace(f"<uuid:{name}>", str(value))
            if "<" not in route and "^" not in route and "logout" not in route:
                yield f"/{route}"


@pytest.mark.parametrize("model", SEALED, ids=lambda model: model.__name__)
def test_the_office_shows_rows_and_nothing_in_them(sealed, client, admin_user, model):
    client.force_login(admin_user)
    name = f"admin:verification_{model._meta.model_name}"
    pages = [reverse(f"{name}_changelist")]
    pages += [reverse(f"{name}_change", args=[row.pk]) for row in model.objects.all()]
    for page in pages:
        text = client.get(page).content.decode()
        assert found_in(text, sealed) == []
        assert not any(word in text.lower() for word in SEALED_NAMES)


def test_every_binary_field_of_the_project_is_known_here():
    """A new sealed model needs thought in four places: erasing, new keys, the admin, and here."""
    binary = {
        model
        for model in apps.get_models()
        for f in model._meta.fields
        if isinstance(f, models.BinaryField)
    }
    assert binary == {*SEALED, WaitingFile}  # the latter holds a roster, which has no faces
    assert set(SEALED) <= set(admin.site._registry)


DURATIONS = re.compile(r'"durationMS": [\d.]+')
"""MongoDB's driver writes these numbers, which may by chance begin like one of a face."""


def as_the_server_writes(record):
    """Use the formatter of the settings, since pytest's own has left its text in the record."""
    [console] = [h for h in logging.getLogger().handlers if h.name == "console"]
    again = copy(record)
    again.exc_text = None
    return DURATIONS.sub("", console.format(again))


@pytest.mark.parametrize("step", ["enroll", "verify"])
def test_a_failing_face_call_logs_neither_picture_nor_face(
    sealed, phone, open_session, monkeypatch, caplog, step
):
    """Whatever breaks inside, even if its message repeats what it was given."""
    vector = face_of("me").vector

    def breaks(_engine, frames, *_args):
        raise RuntimeError(f"cannot use {frames[0]!r} and {vector} with {bytes(frames[0])}")

    started = after_code_and_radio(phone, open_session)
    monkeypatch.setattr(FakeEngine, "enrol", breaks)
    monkeypatch.setattr(FakeEngine, "measure_burst", breaks)
    phone.client.raise_request_exception = False
    with caplog.at_level(logging.DEBUG):
        if step == "enroll":
            answer = enrol(phone, "me")
        else:
            burst = honest_burst("me", challenge_of(started))
            answer = phone.show(started["attempt"], 1, burst)
    assert answer.status_code == 500
    event = ErrorEvent.objects.get(status=500)
    logged = "\n".join(as_the_server_writes(record) for record in caplog.records)
    assert "RuntimeError: cannot use" in logged
    for text in (event.detail, logged, answer.content.decode()):
        assert found_in(text, sealed) == []
        assert '"who"' not in text


def test_evidence_keeps_findings_and_rates_and_no_geometry_of_a_face(
    sealed, phone, teacher, open_session
):
    """A warning shows none either. Only staff see it, with the numbers on which it rests."""
    started = after_code_and_radio(phone, open_session)
    phone.show(started["attempt"], 1, honest_burst("a friend", challenge_of(started)))
    marked = phone.mark(started["attempt"]).json()
    assert "face_mismatch" in codes_of(marked)
    theirs, own = signed_in(teacher).get("/api/v1/warnings").json(), phone.get("/warnings").json()

    kept = [record.measured for record in EvidenceRecord.objects.all()]
    kept += [decision.evidence for decision in CheckInDecision.objects.all()]
    numbers = [warning["measured"] for warning in theirs["results"]]
    assert len(kept) == 4
    assert numbers
    for value in (*kept, *numbers):
        assert keys_of(value) & GEOMETRY == set()
        assert found_in(json.dumps(value), sealed) == []
    allowed = {f.name for shape in (FaceEvidence, LivenessEvidence) for f in fields(shape)}
    assert keys_of(numbers) <= allowed | {"face", "liveness"}
    for answer in (marked, own):
        assert {key for key in keys_of(answer) if is_biometric(key) or key == "measured"} == set()


def test_a_dump_of_the_database_holds_only_what_is_encrypted(sealed, capsys):
    call_command("dumpdata", "verification", "accounts")
    plain = [trace for trace in sealed if not trace.startswith("gAAAA")][:-3]
    assert found_in(capsys.readouterr().out, plain) == []
