"""Post events as JSON to an address of the user.

With a secret, each request is signed by the Standard Webhooks specification
(https://www.standardwebhooks.com): ``webhook-id``, ``webhook-timestamp`` and
``webhook-signature: v1,…``, an HMAC-SHA256 over ``id.timestamp.body`` in base64. A retry has the
same id, so that a receiver can recognize repetitions, and a new timestamp.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager

import httpx
from pydantic import SecretStr

from facecore.client.address import checked
from facecore.client.http import HttpSession
from facecore.client.transport import DeadlineTransport
from facecore.errors import ClientError
from pi_recorder.events import Event, Publish
from pi_recorder.events.formatting import event_json, name_of
from pi_recorder.integrations.outbox import Message, Outbox, Refused, Undelivered
from pi_recorder.settings.values import webhook_key

_DEADLINE_S = 10.0
_RETRYABLE = frozenset({408, 425, 429})


class Webhook:
    """Sends one event a request and follows no redirect.

    Args:
        url: the address; it may contain a secret, so messages repeat only its host.
        secret: a secret as in ``webhook_key``.
        device: the recorder's name, for every body.
    """

    def __init__(self, url: SecretStr, secret: SecretStr | None, device: str) -> None:
        self._url = checked(url.get_secret_value())
        self._key = webhook_key(secret.get_secret_value()) if secret else None
        self._device = device
        self._run = uuid.uuid4().hex[:12]
        self._http = HttpSession(DeadlineTransport(), attempts=1)

    def deliver(self, message: Message) -> None:
        """Post one event. Raises ``Undelivered`` or ``Refused``."""
        body = event_json(message.event, message.published_at, device=self._device)
        headers = self._headers(message, body)
        try:
            reply = self._http.send(
                lambda: httpx.Request("POST", self._url, headers=headers, content=body),
                repeatable=False,
                deadline_s=_DEADLINE_S,
            )
        except ClientError as error:
            raise Undelivered(str(error)) from error
        if reply.status in _RETRYABLE or reply.status >= 500:  # noqa: PLR2004 - RFC 9110, 15.6
            raise Undelivered(f"{reply.origin} answered {reply.status}")
        if not 200 <= reply.status < 300:  # noqa: PLR2004 - RFC 9110, 15.3
            raise Refused(f"{reply.origin} answered {reply.status}")

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def _headers(self, message: Message, body: bytes) -> dict[str, str]:
        headers = {"content-type": "application/json", "user-agent": "pi-recorder"}
        if self._key is None:
            return headers
        message_id, timestamp = f"msg_{self._run}_{message.number}", str(int(time.time()))
        return {
            **headers,
            "webhook-id": message_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": signature(self._key, message_id, timestamp, body),
        }


@contextmanager
def webhook(
    url: SecretStr,
    secret: SecretStr | None,
    names: frozenset[str],
    device: str,
    publish: Publish,
    *,
    first_pause_s: float = 1.0,
) -> Iterator[Publish]:
    """Send the events of these names until the block ends; yield the function to call."""
    hook = Webhook(url, secret, device)
    outbox = Outbox("webhook", hook.deliver, publish, first_pause_s=first_pause_s)

    def take(event: Event) -> None:
        if name_of(event) in names:
            outbox.put(event)

    with closing(hook), outbox.running():
        yield take


def signature(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    """Return the value of ``webhook-signature``."""
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
