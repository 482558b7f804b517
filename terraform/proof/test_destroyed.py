"""The last test: destroy leaves nothing."""

from __future__ import annotations

from terraform.proof.cloud import ACCOUNT, Cloud


def test_destroy_leaves_nothing(cloud: Cloud) -> None:
    cloud.made.destroy()
    aws = cloud.aws
    left = {
        "buckets": aws.client("s3").list_buckets()["Buckets"],
        "tables": aws.client("dynamodb").list_tables()["TableNames"],
        "repositories": aws.client("ecr").describe_repositories()["repositories"],
        "functions": aws.client("lambda").list_functions()["Functions"],
        "apis": aws.client("apigatewayv2").get_apis()["Items"],
        "roles": aws.client("iam").list_roles()["Roles"],
        "alarms": aws.client("cloudwatch").describe_alarms()["MetricAlarms"],
        "dashboards": aws.client("cloudwatch").list_dashboards()["DashboardEntries"],
        "topics": aws.client("sns").list_topics()["Topics"],
        "log groups": aws.client("logs").describe_log_groups()["logGroups"],
        "rules": aws.client("events").list_rules()["Rules"],
        "budgets": aws.client("budgets").describe_budgets(AccountId=ACCOUNT)["Budgets"],
    }
    assert {kind: found for kind, found in left.items() if found} == {}
