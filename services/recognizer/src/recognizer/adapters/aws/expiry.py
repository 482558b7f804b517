"""When an item is forgotten. DynamoDB deletes it within days after; until then it is left out.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from recognizer.adapters.aws.dynamo_requests import Expression


def expires_at(since: datetime, lifetime: timedelta) -> int:
    """The value of the attribute ``expires_at``: seconds since 1970, the first whole one after."""
    return math.ceil((since + lifetime).timestamp())


def unexpired(now: datetime) -> Expression:
    """The filter of what is not forgotten yet; an item without ``expires_at`` never is."""
    return Expression(
        "(attribute_not_exists(#expires_at) OR #expires_at > :now)", {"now": int(now.timestamp())}
    )
