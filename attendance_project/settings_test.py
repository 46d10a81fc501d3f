"""Settings of the test suite: the real ones, with fixed secrets and a quick password hash."""

import os
import tempfile

os.environ.update(
    SECRET_KEY="only-for-tests-" + "0" * 32,
    CODE_SECRET="only-for-tests-" + "1" * 32,
    FACE_TEMPLATE_KEYS="AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
    FACE_ENROLMENT_PHOTO="off",
    FACE_PICTURE_MINUTES="15",
    DEBUG="0",
    FACE_PASSIVE_MODEL="",
    FACE_RUNTIME="opencv",
    LOG_LEVEL="WARNING",
)
os.environ.setdefault("MONGODB_NAME", "attendance_suite")

from attendance_project.settings import *  # noqa: F403

# Argon2 is slow on purpose. Tests in accounts/tests check with the real settings that it is used.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
INSTALLED_APPS += [  # noqa: F405
    "attendance_project.tests.quick_flush",
    "attendance_project.tests.shared_middleware",
]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
FACE_ENGINE_MAY_BE_FAKE = True
WARM_UP = False
# Otherwise whitenoise walks the folder for every client that a test makes.
WHITENOISE_AUTOREFRESH = True
STATIC_ROOT = VAR_DIR / "test-static"  # noqa: F405
STATIC_ROOT.mkdir(exist_ok=True)
if "TEST" in DATABASES["default"]:  # noqa: F405
    # It is a file and not in memory, since tests with threads open more connections. Each process
    # has its own, since two runs at once must not share it.
    DATABASES["default"]["TEST"]["NAME"] = os.path.join(  # noqa: F405
        tempfile.gettempdir(), f"attendance-test-{os.getpid()}.sqlite3"
    )
    # Nothing has to outlive a loss of power, so no write waits for the disk.
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"  # noqa: F405
