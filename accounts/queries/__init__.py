"""Questions about people, which views and services of several apps ask."""

from accounts.queries.addresses import address_of, address_of_connection
from accounts.queries.consent import consent_to, consenting_to, face_consent
from accounts.queries.people import (
    family_is_revoked,
    latest_erasure,
    open_erasures,
    waiting_accounts,
)

__all__ = [
    "address_of",
    "address_of_connection",
    "consent_to",
    "consenting_to",
    "face_consent",
    "family_is_revoked",
    "latest_erasure",
    "open_erasures",
    "waiting_accounts",
]
