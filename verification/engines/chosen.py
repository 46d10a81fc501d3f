"""The face engine that the installation chose, and what its faults mean to the caller."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils.translation import gettext as _

from attendance_project.refusals import Kind, Refusal
from verification.engines import get_engine
from verification.engines.base import (
    EngineBusy,
    FaceEngine,
    PassiveModelUnusable,
    TooCostlyImage,
    UnreadableImage,
)
from verification.engines.weights import WeightsMissing

BUSY_WAIT_S = 5.0
"""Seconds after which a phone may try again where the engine was busy."""

logger = logging.getLogger(__name__)


@contextmanager
def chosen_engine() -> Iterator[FaceEngine]:
    """The engine that FACE_ENGINE names, for measuring inside the block.

    Raises Refusal where the engine cannot be loaded or is busy, and where it cannot read a picture
    or would work on the pictures for too long.
    """
    try:
        yield get_engine(settings.FACE_ENGINE)
    except TooCostlyImage as error:
        raise Refusal(
            "image_too_costly",
            _("The pictures are too large: %(why)s. Send smaller ones.") % {"why": error},
            Kind.TOO_COSTLY,
        ) from error
    except EngineBusy as error:
        raise Refusal(
            "face_check_busy",
            _("Many people are being checked just now. Try again in a moment."),
            Kind.UNAVAILABLE,
            wait_s=BUSY_WAIT_S,
        ) from error
    except UnreadableImage as error:
        raise Refusal(
            "unreadable_image",
            _("A frame could not be read: %(why)s. Take the pictures again.") % {"why": error},
            Kind.INVALID,
        ) from error
    except (WeightsMissing, PassiveModelUnusable) as error:
        logger.error("The face engine cannot be loaded", exc_info=error)
        raise Refusal(
            "face_check_unavailable",
            _("The face check is not working. Ask your teacher to mark you."),
            Kind.UNAVAILABLE,
        ) from error


def load_engine() -> None:
    """Load the chosen engine before it is needed. Where that fails, the log says why."""
    try:
        with chosen_engine():
            pass
    except Refusal:
        pass  # it is logged, and said again to each student whose face is to be checked


def chosen_engine_name() -> str:
    """The name in the templates of the chosen engine. Raises Refusal as `chosen_engine` does."""
    with chosen_engine() as engine:
        return engine.name
