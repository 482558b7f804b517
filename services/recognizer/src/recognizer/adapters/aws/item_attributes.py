"""Attributes that items of several tables share: an embedding, and the time of expiry."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from facecore.vision.gallery import Embedding
from recognizer.adapters.aws.dynamo_requests import Expression, Item
from recognizer.adapters.stored_values import vector_of


def expires_at(since: datetime, lifetime: timedelta) -> int:
    """Return the attribute ``expires_at``: seconds since 1970, rounded up.

    DynamoDB deletes the item within days after that; until then ``unexpired`` filters it.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
    """
    return math.ceil((since + lifetime).timestamp())


def unexpired(now: datetime) -> Expression:
    """Return the filter for unexpired items. An item without ``expires_at`` never expires."""
    return Expression(
        "(attribute_not_exists(#expires_at) OR #expires_at > :now)", {"now": int(now.timestamp())}
    )


def embedded(embedding: Embedding) -> Item:
    """Return the attributes ``model`` and ``embedding``: float32, little-endian."""
    return {
        "model": embedding.model_id,
        "embedding": embedding.vector.astype("<f4").tobytes(),
    }


def embedding_of(item: Item) -> Embedding:
    """Return the embedding of these attributes."""
    return Embedding(str(item["model"]), vector_of(item["embedding"]))
