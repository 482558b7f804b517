"""What DynamoDB refuses, in our words."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from recognizer.errors import StoreUnavailable

logger = logging.getLogger(__name__)

_BUSY = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


class ConditionFailed(Exception):
    """A write's condition did not hold, so nothing was written."""


class TransactionRefused(Exception):
    """Conditions in a transaction did not hold, so nothing of it was written."""

    def __init__(self, failed: frozenset[int]) -> None:
        super().__init__(f"the conditions of actions {sorted(failed)} did not hold")
        self.failed = failed
        """The places of those actions in the transaction."""


class Busy(Exception):
    """Somebody else is at it; worth another try."""


class UnderWay(Exception):
    """An earlier try of the same transaction, whose answer was lost, has not ended."""


@contextmanager
def our_errors() -> Iterator[None]:
    """Raises what stands here, or ``StoreUnavailable``, in the place of boto3's errors."""
    try:
        yield
    except ClientError as error:
        raise _translated(error) from error
    except BotoCoreError as error:
        raise StoreUnavailable(f"DynamoDB can't be used: {error}") from error


def _translated(error: ClientError) -> Exception:
    match error.response.get("Error", {}).get("Code"):
        case "ConditionalCheckFailedException":
            return ConditionFailed()
        case "TransactionCanceledException":
            return _cancelled(error)
        case "TransactionInProgressException":
            return UnderWay()
        case code:
            # AWS's text names accounts and roles: it is for the log, not for who called.
            logger.warning("DynamoDB refuses: %s", error)
            return StoreUnavailable(f"DynamoDB refuses {error.operation_name}: {code}")


def _cancelled(error: ClientError) -> Exception:
    reasons: Any = error.response.get("CancellationReasons", [])
    codes = [reason.get("Code") for reason in reasons]
    failed = frozenset(n for n, code in enumerate(codes) if code == "ConditionalCheckFailed")
    if failed:
        return TransactionRefused(failed)
    if _BUSY.intersection(codes):
        return Busy()
    return StoreUnavailable(f"DynamoDB refuses a transaction: {codes or error}")
