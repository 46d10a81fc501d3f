"""The addresses of websockets."""

from django.urls import path, re_path

from sessions_app.consumers import NowhereConsumer, SessionConsumer

session_urlpatterns = [path("ws/sessions/<uuid:session_id>/", SessionConsumer.as_asgi())]

# Without it, each unknown address would be an error of the server, with a traceback in its log.
nowhere = re_path("", NowhereConsumer.as_asgi())
