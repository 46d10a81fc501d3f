"""Mails that nobody waits for."""

import logging
from collections.abc import Iterable
from threading import Thread

from django.core.mail import EmailMessage

logger = logging.getLogger(__name__)


def send_later(mails: Iterable[EmailMessage]) -> None:
    """Outside the request: it takes no longer, and a mail server that is away breaks nothing."""
    Thread(target=_send, args=[list(mails)], name="mails").start()


def _send(mails: list[EmailMessage]) -> None:
    for mail in mails:
        try:
            mail.send()
        except OSError:  # what smtplib raises, and what a mail server that is away leads to
            logger.exception("A mail could not be sent")
