"""The access tokens in the OpenAPI description."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.api.authentication.TokenAuthentication"
    name = ["bearer", "dpop"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        return [
            {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": "An access token that is not bound to a phone's key.",
            },
            {
                "type": "http",
                "scheme": "dpop",
                "description": "An access token bound to a phone's key (`cnf.jkt`). Each call "
                "carries a `DPoP` header as well: a fresh ES256 proof over method, address and "
                "token (RFC 9449).",
            },
        ]
