"""Settings of the server whose doors are tried: all is loaded at its start, as in production."""

from attendance_project.tests.browser.server_settings import *  # noqa: F403

WARM_UP = True
