"""Settings of the server: secrets, DEBUG, HTTPS, hosts and mail."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection
from django.http.request import validate_host

from reports.doctor.lines import Line, fault, ok, warning

FEWEST_SIGNS = 10
"""Different signs that a secret has at least: 48 drawn ones have about 30."""
KNOWN_BEGINNINGS = ("django-insecure-", "only-for-tests", "change", "secret", "example")
NEW_SECRETS = "Draw new ones with: python -m attendance_project.new_env"
LOCAL = ("localhost", "127.0.0.1", "::1")
MAIL_PATIENCE_S = 5


def secrets() -> Iterator[Line]:
    """SECRET_KEY, CODE_SECRET and JWT_KEY are drawn, and are not each other's."""
    given = {"SECRET_KEY": settings.SECRET_KEY, "CODE_SECRET": settings.CODE_SECRET}
    given["JWT_KEY"] = str(settings.SIMPLE_JWT["SIGNING_KEY"])
    weak = [name for name, secret in given.items() if _is_weak(secret)]
    if weak:
        words = f"{', '.join(weak)} can be guessed, so anybody could make codes or log-ins."
        yield fault("secrets", words, NEW_SECRETS)
    elif settings.CODE_SECRET in (settings.SECRET_KEY, given["JWT_KEY"]):
        words = "CODE_SECRET is also used for log-ins. Whoever learns one has both."
        yield fault("secrets", words, NEW_SECRETS)
    else:
        yield ok("secrets", "They are long and each its own.")


def _is_weak(secret: str) -> bool:
    return len(set(secret)) < FEWEST_SIGNS or secret.lower().startswith(KNOWN_BEGINNINGS)


def debug() -> Iterator[Line]:
    """DEBUG shows settings and source to everybody, and lets the fake engine in."""
    if not settings.DEBUG:
        yield ok("debug", "DEBUG is off.")
    elif _is_local():
        yield warning("debug", "DEBUG is on.", "Set DEBUG=0 before other people use this server.")
    else:
        words = "DEBUG is on: each error shows settings and source to whoever caused it."
        yield fault("debug", words, "Set DEBUG=0 and start the server anew.")


def https() -> Iterator[Line]:
    """Phones let a page use the camera and its key over https only."""
    address = urlsplit(settings.PUBLIC_URL)
    if address.scheme == "https":
        yield from _https_settings()
    elif _is_local():
        words = f"PUBLIC_URL is {settings.PUBLIC_URL}, which no phone can reach."
        yield warning("https", words, "Set PUBLIC_URL to the https address that people will use.")
    else:
        words = "PUBLIC_URL begins with http, where phones let no page use the camera."
        yield fault("https", words, "Put a proxy with a certificate in front, and use its address.")


def _https_settings() -> Iterator[Line]:
    if settings.SECURE_SSL_REDIRECT and not settings.BEHIND_PROXY:
        yield warning(
            "https",
            "BEHIND_PROXY is off. Behind a proxy each page would be sent to itself for ever.",
            "Set BEHIND_PROXY=1 where a proxy ends https and sets X-Forwarded-Proto.",
        )
    elif not settings.SECURE_HSTS_SECONDS:
        words = "HSTS_SECONDS is 0, so browsers may be led to http."
        yield warning("https", words, "Set HSTS_SECONDS=3600, and more once https works.")
    else:
        yield ok("https", f"People use {settings.PUBLIC_URL}.")


def hosts() -> Iterator[Line]:
    """ALLOWED_HOSTS has the host of PUBLIC_URL, and not each and every one."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    if not validate_host(host, settings.ALLOWED_HOSTS):
        words = f"ALLOWED_HOSTS leaves out {host}, so every page answers 400."
        yield fault("hosts", words, f"Add {host} to ALLOWED_HOSTS.")
    elif "*" in settings.ALLOWED_HOSTS:
        words = "ALLOWED_HOSTS takes any host, so mails may lead to another's site."
        yield warning("hosts", words, f"Set ALLOWED_HOSTS={host}.")
    else:
        yield ok("hosts", f"{host} is answered.")


def mail() -> Iterator[Line]:
    """Mails reach a server: without them nobody confirms an address or sets a new password."""
    backend = settings.EMAIL_BACKEND.split(".")[-2]
    if backend in ("console", "filebased", "dummy"):
        say = warning if _is_local() else fault
        words = "Mails are sent to nobody: EMAIL_HOST is not set."
        yield say("mail", words, "Set EMAIL_HOST, EMAIL_USER and EMAIL_PASSWORD.")
    elif backend == "smtp" and (problem := _smtp_problem()):
        words = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT} takes no mail ({problem})."
        yield fault("mail", words, "Look at EMAIL_HOST, EMAIL_PORT, EMAIL_TLS and the log-in.")
    elif settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        words = f"Mails come from {settings.DEFAULT_FROM_EMAIL}, which others refuse as spam."
        yield warning("mail", words, "Set DEFAULT_FROM_EMAIL to an address of the school.")
    else:
        yield ok("mail", "The mail server answers.")


def _smtp_problem() -> str:
    try:
        with get_connection(timeout=MAIL_PATIENCE_S):
            return ""
    except OSError as error:  # smtplib's errors are OSErrors too
        return type(error).__name__


def _is_local() -> bool:
    return (urlsplit(settings.PUBLIC_URL).hostname or "") in LOCAL
