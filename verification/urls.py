"""Pages of this app."""

from django.urls import path

from verification import views

urlpatterns = [
    path("reviews/<uuid:decision_id>/verdict/", views.answer_review, name="review-verdict"),
]
