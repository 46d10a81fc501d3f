"""Encryption of everything biometric, each piece sealed to its owner and to what it is."""

from __future__ import annotations

from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _

from attendance_project.refusals import Kind, Refusal
from verification.engines.base import Template
from verification.models import FaceTemplate, PhotoTemplate

FACE, PHOTO = b"", b"photo\0"
"""What a sealed piece is, so that a row moved to another table does not open there."""


def seal(owner_id: UUID, kind: bytes, plain: bytes) -> bytes:
    """Encrypt with the owner sealed in, so that a row moved to another student does not open."""
    return _cipher().encrypt(owner_id.bytes + kind + plain)


def seal_template(owner_id: UUID, kind: bytes, template: Template) -> bytes:
    return seal(owner_id, kind, template.to_bytes())


def open_template(stored: FaceTemplate | PhotoTemplate) -> Template:
    """The template, decrypted. Raises Refusal where no key opens it, or it is another student's or
    another thing."""
    kind = PHOTO if isinstance(stored, PhotoTemplate) else FACE
    try:
        template = Template.from_bytes(_opened(stored.student_id, kind, stored.ciphertext))
    except ValueError:
        raise _unreadable() from None
    if template.engine != stored.engine:
        raise _unreadable()
    return template


def resealed(ciphertext: bytes | memoryview) -> bytes:
    """The same under the first key. Raises InvalidToken where no key opens it."""
    return _cipher().rotate(bytes(ciphertext))


def sealed_for(
    student_id: UUID, ciphertext: bytes | memoryview, *, owner_id: UUID, kind: bytes
) -> bytes:
    """The same, sealed to another student. What does not open as the owner's stays as it is, and
    opens for nobody."""
    try:
        return seal(student_id, kind, _opened(owner_id, kind, ciphertext))
    except Refusal:
        return bytes(ciphertext)


def _opened(owner_id: UUID, kind: bytes, ciphertext: bytes | memoryview) -> bytes:
    label = owner_id.bytes + kind
    try:
        plain = _cipher().decrypt(bytes(ciphertext))
    except InvalidToken:
        plain = b""
    if not plain.startswith(label):
        raise _unreadable()
    return plain[len(label) :]


def _unreadable() -> Refusal:
    return Refusal(
        "template_unreadable",
        _("Your enrolled face cannot be read. Enrol again."),
        Kind.CONFLICT,
    )


def _cipher() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FACE_TEMPLATE_KEYS])
