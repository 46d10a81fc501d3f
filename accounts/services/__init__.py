"""All that changes people, tokens, devices and consent; call as ``services.verb(...)``."""

from accounts.services.consent import decline_consent, give_consent, withdraw_consent
from accounts.services.devices import (
    approve_device,
    device_standing,
    register_device,
    revoke_device,
)
from accounts.services.login import LoggedIn, check_password, log_in, waiting_for_approval
from accounts.services.proofs import spend_proof, verify_proof
from accounts.services.tokens import (
    TokenPair,
    issue_tokens,
    log_out,
    password_unchanged,
    revoke_tokens,
    rotate_refresh,
)

__all__ = [
    "LoggedIn",
    "TokenPair",
    "approve_device",
    "check_password",
    "decline_consent",
    "device_standing",
    "give_consent",
    "issue_tokens",
    "log_in",
    "log_out",
    "password_unchanged",
    "register_device",
    "revoke_device",
    "revoke_tokens",
    "rotate_refresh",
    "spend_proof",
    "verify_proof",
    "waiting_for_approval",
    "withdraw_consent",
]
