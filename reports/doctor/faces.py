"""The face step: weights, runtime, engine, keys, and whether stored faces can be opened."""

from base64 import urlsafe_b64decode
from collections.abc import Iterator

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage

from reports.doctor.lines import Line, fault, ok, warning
from verification import checks, services
from verification.engines import get_engine, weights

FEWEST_BYTES = 8
"""Different bytes that a drawn key of 32 has at least."""
NEW_KEY = "Draw one with python -m attendance_project.new_env, put it first, keep the old ones."


def weights_and_engine() -> Iterator[Line]:
    """The engine can be loaded with the files that were measured, and attacks are looked for."""
    found = [
        *checks.check_weights(),
        *checks.check_engine(),
        *checks.check_runtime(),
        *checks.check_passive_detection(),
    ]
    for message in found:
        yield _as_line(message)
    if any(message.is_serious() for message in found):
        return
    try:
        if settings.FACE_ENGINE != "fake":
            get_engine(settings.FACE_ENGINE)
    except (weights.WeightsMissing, ValueError) as error:
        yield fault("faces", f"{error}.", "Install the weights again, then start the server anew.")
    else:
        running = f"FACE_ENGINE={settings.FACE_ENGINE} in FACE_RUNTIME={settings.FACE_RUNTIME}"
        yield ok("faces", f"{running} was loaded.")


def _as_line(message: CheckMessage) -> Line:
    say = fault if message.is_serious() else warning
    return say("faces", f"{message.msg}.".replace("..", "."), message.hint or "See docs/faces.md.")


def keys() -> Iterator[Line]:
    """FACE_TEMPLATE_KEYS are Fernet keys that were drawn."""
    weak = [n for n, key in enumerate(settings.FACE_TEMPLATE_KEYS, start=1) if _is_weak(key)]
    if weak:
        which = ", ".join(str(number) for number in weak)
        words = f"FACE_TEMPLATE_KEYS: number {which} is no drawn Fernet key."
        yield fault("face keys", words, NEW_KEY)
    else:
        yield ok("face keys", f"Keys: {len(settings.FACE_TEMPLATE_KEYS)}.")


def _is_weak(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return True
    return len(set(urlsafe_b64decode(key))) < FEWEST_BYTES


def stored_faces() -> Iterator[Line]:
    """The oldest and the newest face of each table can be opened with the keys that there are."""
    closed = services.tables_that_no_key_opens()
    if closed:
        words = f"No key opens some of the stored faces ({', '.join(closed)})."
        step = "Put the key that they were encrypted with back into FACE_TEMPLATE_KEYS."
        yield fault("stored faces", words, step)
    else:
        yield ok("stored faces", "The oldest and the newest can be opened, where there are any.")
