"""Questions about people, which views and services of several apps ask."""

from accounts.queries.addresses import address_of, address_of_connection, trusted_address
from accounts.queries.callers import caller_of, logged_in_caller_of
from accounts.queries.consent import consent_to, consenting_to, face_consent
from accounts.queries.directory import (
    AccountSize,
    ids_of_people_matching,
    kept_in_place_of,
    merged_into,
    merges,
    merges_of,
    people_matching,
    person_known_by,
    size_of,
    standing_for,
)
from accounts.queries.names import decided_names, latest_name_request, waiting_names
from accounts.queries.people import (
    TokenHolder,
    family_is_revoked,
    latest_erasure,
    number_disputes,
    open_erasures,
    token_holder,
    waiting_accounts,
)

__all__ = [
    "AccountSize",
    "TokenHolder",
    "address_of",
    "address_of_connection",
    "caller_of",
    "consent_to",
    "consenting_to",
    "decided_names",
    "face_consent",
    "family_is_revoked",
    "ids_of_people_matching",
    "kept_in_place_of",
    "latest_erasure",
    "latest_name_request",
    "logged_in_caller_of",
    "merged_into",
    "merges",
    "merges_of",
    "number_disputes",
    "open_erasures",
    "people_matching",
    "person_known_by",
    "size_of",
    "standing_for",
    "token_holder",
    "trusted_address",
    "waiting_accounts",
    "waiting_names",
]
