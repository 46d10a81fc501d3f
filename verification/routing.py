"""The address of the live film."""

from django.urls import path

from verification.api.live_film import FilmConsumer

film_urlpatterns = [path("ws/check-in/", FilmConsumer.as_asgi())]
