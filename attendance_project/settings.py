"""Settings, read from the environment only.

docs/settings.md lists every variable with its default and its purpose. A missing secret or a
malformed value stops the start with a message that names the variable.
"""

from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from environs import Env, validate

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(BASE_DIR / ".env", recurse=False)

# --- the server -----------------------------------------------------------------------
SECRET_KEY = env.str("SECRET_KEY", validate=validate.Length(min=32))
DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)
PUBLIC_URL = env.str("PUBLIC_URL", "http://localhost:8000").rstrip("/")
# Where to report a weakness: an address that begins with mailto:, https: or tel: (RFC 9116).
SECURITY_CONTACT = env.str(
    "SECURITY_CONTACT", "", validate=validate.Regexp(r"|(mailto:|https://|tel:)\S+\Z")
)

BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    USE_X_FORWARDED_HOST = True
_https = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", _https)
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 3600 if _https else 0)
# Whether the other hosts of a school's domain use https is not for this site to say.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "attendance_project.error_pages.csrf_failed"

INSTALLED_APPS = [
    "daphne",  # it comes first, so that runserver serves websockets
    "attendance_project.apps.PortableAdminConfig",
    "attendance_project.apps.PortableAuthConfig",
    "attendance_project.apps.PortableContentTypesConfig",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "accounts",
    "sessions_app",
    "verification",
    "reports",
    # A server may be installed without the lab, which tries and measures the product.
    *(["lab"] if find_spec("lab") else []),
]
MIDDLEWARE = [
    "reports.middleware.RequestIdMiddleware",
    "attendance_project.health.HealthMiddleware",  # watchers know neither the host nor https
    "attendance_project.dated.DateMiddleware",
    "attendance_project.unkept.UnkeptMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "attendance_project.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.KnownBrowserMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "reports.middleware.ErrorLogMiddleware",
]
ROOT_URLCONF = "attendance_project.urls"
# Whether a server loads before its first call what it needs later (attendance_project/starting.py).
WARM_UP = True
ASGI_APPLICATION = "attendance_project.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["attendance_project.days"],
        },
    },
]

# --- databases (docs/adr/0002) --------------------------------------------------------
DEFAULT_AUTO_FIELD = "attendance_project.fields.UUIDAutoField"
MIGRATION_MODULES = {
    app: f"attendance_project.contrib_migrations.{app}" for app in ("admin", "auth", "contenttypes")
}
MONGODB_URL = env.str("MONGODB_URL", "")
if MONGODB_URL:
    DATABASES: dict[str, dict[str, Any]] = {
        "default": {
            "ENGINE": "django_mongodb_backend",
            "HOST": MONGODB_URL,
            "NAME": env.str("MONGODB_NAME", "attendance"),
        }
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": env.str("SQLITE_PATH", str(VAR_DIR / "attendance.sqlite3")),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # What is deleted is overwritten, so that an erased face is not left in the file.
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;"
                ),
            },
            "TEST": {"NAME": str(VAR_DIR / "test.sqlite3")},
        }
    }

# Each process also reads what others changed (sessions_app/live.py), so no broker is needed.
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

# --- people ---------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = [
    "accounts.hashers.ModestArgon2Hasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "full_name", "institution_number")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_RESET_TIMEOUT = 3 * 86_400  # seconds for which the link in the mail works
REGISTRATION_EMAIL_DOMAINS: list[str] = [
    domain.lower() for domain in env.list("REGISTRATION_EMAIL_DOMAINS", subcast=str, default=[])
]
REGISTRATION_OPEN = env.bool("REGISTRATION_OPEN", True)
REGISTRATION_ROSTER_ONLY = env.bool("REGISTRATION_ROSTER_ONLY", False)
# Registrations in an hour. There are many, since a whole class may have one address.
CALENDAR_HOSTS: list[str] = env.list("CALENDAR_HOSTS", [])
CALENDAR_NETWORKS: list[str] = env.list("CALENDAR_NETWORKS", [])
CALENDAR_EVERY = timedelta(hours=env.int("CALENDAR_EVERY_H", 6))
REGISTRATIONS_PER_ADDRESS = env.int("REGISTRATIONS_PER_ADDRESS", 500)
INVITATION_LIFETIME = timedelta(days=env.int("INVITATION_DAYS", 7))
DEVICE_COOLING_OFF = timedelta(hours=env.float("DEVICE_COOLING_OFF_HOURS", 24.0))
DPOP_MAX_AGE = timedelta(seconds=env.int("DPOP_MAX_AGE_S", 120))
REFRESH_REUSE_GRACE = timedelta(seconds=env.int("REFRESH_REUSE_GRACE_S", 5))
LOGIN_FAILURES_PER_ACCOUNT = env.int("LOGIN_FAILURES_PER_ACCOUNT", 5)
LOGIN_FAILURES_PER_ADDRESS = env.int("LOGIN_FAILURES_PER_ADDRESS", 100)
LOGIN_FAILURE_WINDOW = timedelta(seconds=env.int("LOGIN_FAILURE_WINDOW_S", 3600))
LOGIN_ADDRESS_WINDOW = timedelta(
    seconds=env.int("LOGIN_ADDRESS_WINDOW_S", 600, validate=validate.Range(min=1))
)
LOGIN_DELAY_S = env.float("LOGIN_DELAY_S", 5.0)
LOGIN_LONGEST_DELAY_S = env.float("LOGIN_LONGEST_DELAY_S", 900.0)

# --- check-ins ------------------------------------------------------------------------
# Codes and beacon keys are derived from this one secret, and none of them is stored.
CODE_SECRET = env.str("CODE_SECRET", validate=validate.Length(min=32))
# How long a room's key is good. It is for beacons that cannot fetch the keys of sessions.
ROOM_KEY_LIFETIME = timedelta(
    days=env.int("ROOM_KEY_DAYS", 180, validate=validate.Range(min=1, max=3660))
)
# Fernet keys, newest first. The first one encrypts and all decrypt, so that keys can be rotated.
FACE_TEMPLATE_KEYS: list[str] = env.list("FACE_TEMPLATE_KEYS", validate=validate.Length(min=1))
FACE_ENGINE = env.str(
    "FACE_ENGINE", "opencv", validate=validate.OneOf(["opencv", "dlib", "fused", "fake"])
)
# What runs the networks of the face engine.
FACE_RUNTIME = env.str("FACE_RUNTIME", "opencv", validate=validate.OneOf(["opencv", "openvino"]))
# The fake engine takes a text for a face, so a server that people use must refuse it.
FACE_ENGINE_MAY_BE_FAKE = DEBUG
FACE_TARGET_FMR = env.float(
    "FACE_TARGET_FMR", 1e-4, validate=validate.Range(min=3e-5, max=1e-2)
)  # within what domain/calibration.py has measured, and what is worth calling a match
SPARED_CHECKS_PER_TERM = env.int(
    "SPARED_CHECKS_PER_TERM", 6, validate=validate.Range(min=0, max=1000)
)
_DAY = r"(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])"
# The first day of each term, as month and day, up to the 28th, which each month has.
TERM_BEGINS: list[tuple[int, int]] = [
    (int(day[:2]), int(day[3:]))
    for day in env.str(
        "TERM_BEGINS", "02-01,09-01", validate=validate.Regexp(rf"({_DAY})(,({_DAY}))*\Z")
    ).split(",")
]
# Whoever changes a text in templates/verification/consent changes its version.
FACE_CONSENT_VERSION = "2027-01"
FACE_PICTURE_CONSENT_VERSION = "2026-12"
FACE_ENROLMENT_PHOTO = env.str(
    "FACE_ENROLMENT_PHOTO", "off", validate=validate.OneOf(["off", "show", "require"])
)
# Minutes for which a picture of an enrolment is held in memory, 0 for not at all.
FACE_PICTURE_MINUTES = env.int("FACE_PICTURE_MINUTES", 15, validate=validate.Range(min=0, max=60))
LIVE_FILMS_MOST = env.int("LIVE_FILMS_MOST", 8, validate=validate.Range(min=0, max=100))
# Passive attack detection needs a MiniFASNet as ONNX, the scale of the crop that it was trained
# with, the class that means a live person, and the probability from which a face counts as live.
FACE_PASSIVE_MODEL = env.str("FACE_PASSIVE_MODEL", "")
FACE_PASSIVE_SCALE = env.float("FACE_PASSIVE_SCALE", 2.7, validate=validate.Range(min=1.0, max=8.0))
FACE_PASSIVE_REAL_CLASS = env.int(
    "FACE_PASSIVE_REAL_CLASS", 1, validate=validate.Range(min=0, max=2)
)
FACE_PASSIVE_THRESHOLD = env.float(
    "FACE_PASSIVE_THRESHOLD", 0.5, validate=validate.Range(min=0.0, max=1.0)
)
STRIKES_BEFORE_NOTICE = env.int("STRIKES_BEFORE_NOTICE", 3)
# Minutes after its end at which a session that was left open closes by itself, and its code dies.
AUTO_CLOSE_AFTER_MIN = env.int(
    "AUTO_CLOSE_AFTER_MIN", 30, validate=validate.Range(min=0, max=24 * 60)
)

# --- mail, language, time -------------------------------------------------------------
EMAIL_HOST = env.str("EMAIL_HOST", "")
EMAIL_PORT = env.int("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.str("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_TLS", True)
EMAIL_FILE_PATH = env.str("EMAIL_FOLDER", "")
_mail = "smtp" if EMAIL_HOST else "filebased" if EMAIL_FILE_PATH else "console"
EMAIL_BACKEND = f"django.core.mail.backends.{_mail}.EmailBackend"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "attendance@localhost")
LANGUAGE_CODE = "en-gb"
TIME_ZONE = env.str("TIME_ZONE", "UTC")
USE_I18N = USE_TZ = True
# For a further language makemessages makes a folder, and it is added here.
LANGUAGES = [("en-gb", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]

# --- static files and uploads ---------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
_packages = BASE_DIR / "node_modules"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/pico", _packages / "@picocss" / "pico" / "css"),
    ("vendor/htmx", _packages / "htmx.org" / "dist"),
    ("vendor/ggwave", _packages / "ggwave"),
    ("vendor/chart", _packages / "chart.js" / "dist"),
    ("vendor/zxing", _packages / "zxing-wasm" / "dist" / "iife" / "reader"),
    ("vendor/zxing", _packages / "zxing-wasm" / "dist" / "reader"),
]
# Files are compressed once, when they are collected: phones load them over slow networks.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
# Room for as many frames as a burst may have (48) of 0.5 MB each. Larger calls are not read.
MOST_BODY_BYTES = 24 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = MOST_BODY_BYTES  # a larger body would go through a file on the disk
DATA_UPLOAD_MAX_MEMORY_SIZE = 1 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 48
# Bytes of all bodies that a server process holds at once, of those from one address, which a whole
# school may have, and of those with one person's token. What comes then is answered with 503
# (attendance_project/bodies.py).
BODY_ROOM_BYTES = 256 * 1024 * 1024
BODY_ROOM_OF_ADDRESS_BYTES = 128 * 1024 * 1024
BODY_ROOM_OF_PERSON_BYTES = 48 * 1024 * 1024
# Seconds after which a body that still arrives gives way to others where the room is full.
BODY_PATIENCE_S = 10.0
# Seconds after which a call that has not come whole is cut off.
LONGEST_CALL_S = 300.0
# Frames must never reach a disk, so each upload stays in memory, and a larger one is refused.
FILE_UPLOAD_HANDLERS = ["verification.api.uploads.MemoryOnlyUploadHandler"]

# --- the API --------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["attendance_project.parsers.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "attendance_project.pagination.Pages",
    "DEFAULT_FILTER_BACKENDS": [
        "attendance_project.api_lists.Search",
        "attendance_project.api_lists.Ordering",
    ],
    "EXCEPTION_HANDLER": "attendance_project.api_errors.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
ERROR_LOG_KEPT = timedelta(days=env.int("ERROR_LOG_DAYS", 90))
ERROR_LOG_ROWS_PER_MINUTE = 300  # each process counts by itself (reports.services)
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=env.int("REFRESH_DAYS", 30)),
    "ALGORITHM": "HS256",
    "SIGNING_KEY": env.str("JWT_KEY", SECRET_KEY),
    "ISSUER": "attendance",
    "USER_ID_CLAIM": "sub",
    "CHECK_REVOKE_TOKEN": True,
    "UPDATE_LAST_LOGIN": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Attendance API",
    "VERSION": "1",
    "DESCRIPTION": "Phones send measurements; the server judges them and says why.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "RoleEnum": "accounts.models.Role",
        "ImportKindEnum": "sessions_app.models.imports.ImportKind",
        "ImportActionEnum": "sessions_app.imports.plans.Action",
        "ImportRowKindEnum": "sessions_app.imports.plans.RowKind",
        "UnusedKindEnum": "sessions_app.imports.plans.UnusedKind",
        "SessionEventKindEnum": "sessions_app.models.events.SessionEventKind",
        "StaffRoleEnum": "sessions_app.models.StaffRole",
        "DeviceStatusEnum": "accounts.models.DeviceStatus",
        "ConsentActionEnum": "accounts.models.ConsentAction",
        # Without a name of its own this one would be named, and replace, the enum above.
        "ConsentStepEnum": ["give", "decline", "withdraw"],
        "PasskeyTrustEnum": "accounts.models.PasskeyTrust",
        "PasskeyPurposeEnum": ["enrol", "device"],
        "ConsentPurposeEnum": ["face_recognition", "face_picture"],
        "SessionStateEnum": "sessions_app.models.SessionState",
        "RequirementEnum": "sessions_app.models.REQUIREMENTS",
        "AttendanceStatusEnum": "sessions_app.models.AttendanceStatus",
        "MarkSourceEnum": "sessions_app.models.MarkSource",
        "OutcomeEnum": "verification.models.OUTCOMES",
        "SeverityEnum": "verification.models.SEVERITIES",
        "WarningVerdictEnum": "verification.models.WarningVerdict",
        "TemplateStatusEnum": "verification.models.TemplateStatus",
        "EvidenceKindEnum": "verification.models.EVIDENCE_KINDS",
        "ReasonEnum": "verification.api.serializers.outcomes.REASON_CODES",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "attendance_project.api_schema.document_errors",
    ],
}

LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "attendance_project.logs.WithoutValues",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {
        # The level stands here too, since Django's own loggers have theirs.
        "console": {"class": "logging.StreamHandler", "formatter": "line", "level": LOG_LEVEL}
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
