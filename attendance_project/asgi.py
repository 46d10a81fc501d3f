"""The entry for daphne: HTTP and websockets in one server."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import CookieMiddleware
from django.core.asgi import get_asgi_application
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "attendance_project.settings")
_http = get_asgi_application()  # it has to come before any import of models

from accounts.queries import trusted_address  # noqa: E402
from accounts.services import account_named_in, person_named_in  # noqa: E402
from attendance_project import bodies, ending  # noqa: E402
from attendance_project.handshakes import ByOrigin  # noqa: E402
from attendance_project.origins import OwnPagesOnly  # noqa: E402
from attendance_project.starting import warm_up  # noqa: E402
from sessions_app.routing import nowhere, session_urlpatterns  # noqa: E402
from verification.checks import fake_engine_in_earnest, runtime_missing  # noqa: E402
from verification.routing import film_urlpatterns  # noqa: E402

if problem := fake_engine_in_earnest() or runtime_missing():  # daphne runs no system checks
    raise ImproperlyConfigured(problem)

_for_pages = URLRouter([*session_urlpatterns, *film_urlpatterns, nowhere])
_for_apps = URLRouter([*film_urlpatterns, nowhere])
application = ProtocolTypeRouter(
    {
        "http": _http,
        "websocket": ByOrigin(
            pages=OwnPagesOnly(CookieMiddleware(_for_pages)),
            apps=CookieMiddleware(_for_apps),
        ),
    }
)
bodies.install(trusted_address, person_named_in, account_named_in)
ending.install()
warm_up()
