"""Pages of this app."""

from django.urls import path

from verification import views

urlpatterns = [
    path("approvals/", views.approvals, name="approvals"),
    path("reviews/<uuid:decision_id>/verdict/", views.answer_review, name="review-verdict"),
    path("verdicts/<uuid:verdict_id>/undo/", views.undo_review, name="review-undo"),
    path("warnings/<uuid:warning_id>/verdict/", views.answer_warning, name="warning-verdict"),
    path("faces/<uuid:template_id>/verdict/", views.decide_face, name="face-verdict"),
    path("phones/<uuid:device_id>/approve/", views.approve_device, name="phone-approve"),
]
