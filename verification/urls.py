"""The addresses of this app's pages."""

from django.urls import path

from verification.views import approvals, student

urlpatterns = [
    path("student/", student.shell, name="student"),
    path("student/manifest.webmanifest", student.manifest, name="student-manifest"),
    path("student/sw.js", student.service_worker, name="student-service-worker"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("reviews/<uuid:decision_id>/verdict/", approvals.answer_review, name="review-verdict"),
    path("verdicts/<uuid:verdict_id>/undo/", approvals.undo_review, name="review-undo"),
    path("warnings/<uuid:warning_id>/verdict/", approvals.answer_warning, name="warning-verdict"),
    path("faces/<uuid:template_id>/verdict/", approvals.answer_face, name="face-verdict"),
    path("faces/<uuid:template_id>/picture/", approvals.show_picture, name="face-picture"),
    path("look-alikes/<uuid:pair_id>/verdict/", approvals.answer_look_alike, name="pair-verdict"),
    path("phones/<uuid:device_id>/approve/", approvals.approve_device, name="phone-approve"),
]
