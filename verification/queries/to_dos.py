"""What waits for a person's answer."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from accounts.models import Device, DeviceStatus, User
from sessions_app.hooks import ToDo
from verification.queries.comparisons import open_look_alikes
from verification.queries.face_approvals import waiting_faces
from verification.queries.reviews import waiting_reviews
from verification.queries.warnings import open_warnings


def waiting_devices(user: User) -> QuerySet[Device]:
    """Phones that wait to take over, of students whom the user decides on, oldest first."""
    pending = Device.objects.visible_to(user).filter(status=DeviceStatus.PENDING)
    # One's own phone is for others to approve.
    return pending.exclude(user_id=user.pk).select_related("user").order_by("registered_at", "pk")


def to_dos(user: User) -> list[ToDo]:
    """What waits for a person's answer, for the first page."""
    url = reverse("approvals")
    reviews, warnings = waiting_reviews(user).count(), open_warnings(user).count()
    faces, phones = waiting_faces(user).count(), waiting_devices(user).count()
    pairs = open_look_alikes(user).count()
    waiting = {
        "reviews": (reviews, ngettext("check-in to confirm", "check-ins to confirm", reviews)),
        "warnings": (warnings, ngettext("warning to decide", "warnings to decide", warnings)),
        "faces": (faces, ngettext("face to approve", "faces to approve", faces)),
        "pairs": (pairs, ngettext("pair of faces to look at", "pairs of faces to look at", pairs)),
        "phones": (phones, ngettext("phone to approve", "phones to approve", phones)),
    }
    return [
        {"count": count, "words": words, "url": f"{url}#{name}"}
        for name, (count, words) in waiting.items()
    ]
