"""Make the middleware once for all clients of the tests, as a server does, and not for each."""

from django.apps import AppConfig
from django.conf import settings
from django.core.handlers.base import BaseHandler


class SharedMiddleware(AppConfig):
    name = "attendance_project.tests.shared_middleware"

    def ready(self) -> None:
        # It is imported here, since it needs the models of all apps.
        from django.test.client import ClientHandler

        shared, unchanged = ClientHandler(), settings._wrapped

        def load_middleware(handler: BaseHandler) -> None:
            """Take the shared one, but where a test has changed settings: middleware reads them."""
            if settings._wrapped is not unchanged:
                BaseHandler.load_middleware(handler)
                return
            if shared._middleware_chain is None:
                BaseHandler.load_middleware(shared)
            handler._middleware_chain = shared._middleware_chain

        ClientHandler.load_middleware = load_middleware  # type: ignore[assignment]
