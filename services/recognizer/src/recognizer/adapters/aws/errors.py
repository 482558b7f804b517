"""Errors of DynamoDB and S3, translated: those that a caller handles, or ``StoreUnavailable``."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from recognizer.domain.errors import StoreUnavailable

logger = logging.getLogger(__name__)

_BUSY = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


class ConditionFailed(Exception):
    """A write's condition did not hold, so nothing was written."""


class TransactionRefused(Exception):
    """Conditions in a transaction did not hold, so nothing was written."""

    def __init__(self, failed: frozenset[int]) -> None:
        super().__init__(f"the conditions of actions {sorted(failed)} did not hold")
        self.failed = failed
        """The indices of those actions in the transaction."""


class Busy(Exception):
    """Another transaction uses the same items, or a limit was reached. A retry may succeed."""


class TransactionInProgress(Exception):
    """An earlier attempt of the same transaction, whose response was lost, has not ended."""


class ObjectGone(Exception):
    """There is no object of this name, or not any more."""


@contextmanager
def translate_errors(service: str) -> Iterator[None]:
    """Raise this module's errors, or ``StoreUnavailable``, instead of boto3's.

    Args:
        service: ``DynamoDB`` or ``S3``, for messages.
    """
    try:
        yield
    except ClientError as error:
        raise _translated(service, error) from error
    except BotoCoreError as error:
        raise StoreUnavailable(f"{service} can't be used: {error}") from error


def _translated(service: str, error: ClientError) -> Exception:
    match error.response.get("Error", {}).get("Code"):
        case "ConditionalCheckFailedException":
            return ConditionFailed()
        case "TransactionCanceledException":
            return _cancelled(error)
        case "TransactionInProgressException":
            return TransactionInProgress()
        case "NoSuchKey" | "404":
            return ObjectGone()
        case code:
            # AWS's message names accounts and roles: it is for the log, not for the caller.
            logger.warning("%s refuses: %s", service, error)
            return StoreUnavailable(f"{service} refuses {error.operation_name}: {code}")


def _cancelled(error: ClientError) -> Exception:
    reasons: Any = error.response.get("CancellationReasons", [])
    codes = [reason.get("Code") for reason in reasons]
    failed = frozenset(n for n, code in enumerate(codes) if code == "ConditionalCheckFailed")
    if failed:
        return TransactionRefused(failed)
    if _BUSY.intersection(codes):
        return Busy()
    return StoreUnavailable(f"DynamoDB refuses a transaction: {codes or error}")
