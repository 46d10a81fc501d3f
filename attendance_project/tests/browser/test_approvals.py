"""The page of approvals, where a teacher decides what waits for them."""

import pytest
from playwright.sync_api import expect

from accounts.models import Device
from verification.models import FaceTemplate, LookAlike
from verification.tests.support import enrol

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_waiting_face_that_was_compared_is_approved_with_one_tap(
    logged_in, world, teacher, student
):
    FaceTemplate.objects.update(compared_with=20)
    page = logged_in(teacher)
    page.goto("/")
    page.get_by_role("link", name="Approvals").click()
    page.get_by_role("button", name=f"Approve the face of {student.full_name}").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert FaceTemplate.objects.get(student=student).status == "approved"
    expect(page.get_by_role("button", name="Approve the face of")).to_have_count(0)


def test_a_face_with_a_look_alike_asks_for_a_note_to_approve_and_for_none_to_reject(
    logged_in, world, teacher, student, classmate
):
    mine = FaceTemplate.objects.get(student=student)
    other = FaceTemplate.objects.create(
        student=classmate,
        engine="fake",
        ciphertext=b"sealed",
        consent_version="2027-01",
        status="approved",
        enrolled_at=mine.enrolled_at,
    )
    LookAlike.objects.create(template=mine, other=other, found_at=mine.enrolled_at)
    page = logged_in(teacher)
    page.goto("/approvals/")
    expect(
        page.get_by_text(f"Looks like the enrolled face of {classmate.full_name}")
    ).to_be_visible()
    page.get_by_role("button", name=f"Approve the face of {student.full_name}").click()
    note = page.get_by_label("How do you know that this is the student?")
    expect(note).to_be_focused()
    assert FaceTemplate.objects.get(pk=mine.pk).status == "waiting"
    page.get_by_role("button", name=f"Reject the face of {student.full_name}").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert FaceTemplate.objects.get(pk=mine.pk).status == "rejected"


def test_the_picture_of_an_enrolment_is_shown_once_and_answered_on_its_page(
    logged_in, world, teacher, student, phone_of, watch, pictures
):
    Device.objects.filter(user=student).delete()  # the next phone is the first one, and active
    versions = {"consent_version": "2027-01", "picture_consent_version": "2026-12-15min"}
    assert enrol(phone_of(student, "me"), "me", **versions).status_code == 201
    page = logged_in(teacher)
    page.goto("/approvals/")
    page.get_by_role("button", name=f"Show the picture of {student.full_name}").click()
    shown = page.get_by_alt_text(f"The person who enrolled as {student.full_name}")
    expect(shown).to_be_visible()
    assert shown.evaluate("picture => picture.naturalWidth") == 320
    page.screenshot(path=pictures / "approver-picture.jpg", quality=80, full_page=True)
    assert watch.audit(page) == []
    page.get_by_label("How do you know").fill("It is the face in the picture.")
    page.get_by_role("button", name=f"Approve the face of {student.full_name}").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert FaceTemplate.objects.get(student=student).status == "approved"
    expect(page.get_by_role("button", name="Show the picture of")).to_have_count(0)
