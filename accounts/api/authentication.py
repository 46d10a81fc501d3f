"""Bearer and DPoP access tokens."""

from rest_framework_simplejwt.authentication import JWTAuthentication


class TokenAuthentication(JWTAuthentication):
    """Replaced by the DPoP-aware class."""
