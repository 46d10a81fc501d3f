"""Settings of the server that the browser talks to: the suite's, with static files unbuilt."""

from attendance_project.settings import env
from attendance_project.settings_test import *  # noqa: F403

WHITENOISE_USE_FINDERS = True
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = env.str("EMAIL_FOLDER")
