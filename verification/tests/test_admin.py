"""The admin pages of this app: they open, change nothing, and show no biometrics."""

import pytest
from django.contrib import admin
from django.urls import reverse

from verification.models import CheckInDecision, EvidenceRecord, FaceTemplate, Warning

pytestmark = pytest.mark.slow

MODELS = [m for m in admin.site._registry if m._meta.app_label == "verification"]


@pytest.fixture
def after_a_cheat(phone, open_session):
    phone.check_in(open_session, who="another")


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_list_and_row_opens_and_cannot_be_changed(client, admin_user, after_a_cheat, model):
    client.force_login(admin_user)
    name = f"admin:verification_{model._meta.model_name}"
    searched = admin.site._registry[model].search_fields
    assert (
        client.get(reverse(f"{name}_changelist"), {"q": "S1"} if searched else {}).status_code
        == 200
    )
    assert client.get(reverse(f"{name}_add")).status_code == 403
    row = model.objects.first()
    if row is not None:
        assert client.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200
        assert client.post(reverse(f"{name}_delete", args=[row.pk])).status_code == 403


def test_no_biometric_number_reaches_the_page(client, admin_user, after_a_cheat):
    client.force_login(admin_user)
    score = EvidenceRecord.objects.get(kind="face").measured["face"]["comparison_score"]
    for row in (
        FaceTemplate.objects.get(),
        CheckInDecision.objects.get(),
        Warning.objects.get(),
        EvidenceRecord.objects.get(kind="face"),
    ):
        name = f"admin:verification_{row._meta.model_name}_change"
        page = client.get(reverse(name, args=[row.pk])).content.decode()
        assert str(score) not in page
        assert "ciphertext" not in page.lower()


def test_the_link_in_the_strike_notice_works(client, admin_user, student, after_a_cheat):
    client.force_login(admin_user)
    url = reverse("admin:verification_warning_changelist")
    page = client.get(url, {"student__id__exact": str(student.pk)})
    assert page.status_code == 200
    assert "face_mismatch" in page.content.decode()


@pytest.mark.parametrize("role", ["student", "teacher"])
def test_nobody_else_gets_into_the_office(client, request, role):
    client.force_login(request.getfixturevalue(role))
    assert client.get(reverse("admin:verification_warning_changelist")).status_code == 302
