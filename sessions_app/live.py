"""Tell everyone who watches a session that something happened in it."""

import logging
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)


def group_of(session_id: UUID) -> str:
    return f"session.{session_id.hex}"


def publish(session_id: UUID, event: dict[str, Any]) -> None:
    """Send plain JSON values to the session's watchers.

    Never raises: pages re-read the register every few seconds, so a lost event delays them,
    whereas an error here would lose a check-in that is already stored.
    """
    try:
        send = async_to_sync(get_channel_layer().group_send)
        send(group_of(session_id), {"type": "session.event", "event": event})
    except Exception:
        logger.exception("The watchers of session %s were not told.", session_id)
