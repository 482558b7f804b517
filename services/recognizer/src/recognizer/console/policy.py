"""What a browser may do with the console's page: run our modules, show our pictures and videos.

https://www.w3.org/TR/CSP3/, https://www.w3.org/TR/trusted-types/
"""

from __future__ import annotations

from collections.abc import Sequence

HEADERS = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), display-capture=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
"""Of the page and of every file of it."""


def content_security_policy(elsewhere: Sequence[str]) -> str:
    """The page's policy: nothing inline, nothing from elsewhere but pictures and videos.

    Args:
        elsewhere: origins of links that the service gives out, such as S3's.
    """
    shown = " ".join(["'self'", "blob:", "data:", *elsewhere])
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "font-src 'self'",
            "connect-src 'self'",
            f"img-src {shown}",
            f"media-src {shown}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ]
    )
