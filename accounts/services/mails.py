"""Mails that nobody waits for."""

import logging
from collections.abc import Iterable
from threading import Thread

from django.core.mail import EmailMessage

logger = logging.getLogger(__name__)


def send_later(mails: Iterable[EmailMessage]) -> None:
    """Send outside the request, which then takes no longer and survives a missing mail server."""
    Thread(target=_send, args=[list(mails)], name="mails").start()


def _send(mails: list[EmailMessage]) -> None:
    for mail in mails:
        try:
            mail.send()
        except OSError:  # smtplib raises it, also when the mail server is away
            logger.exception("A mail could not be sent")
