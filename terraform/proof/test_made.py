"""One apply makes everything; the tests read each setting back from the local AWS."""

from __future__ import annotations

import json

import pytest

from recognizer.settings import Settings
from terraform.proof.cloud import ACCOUNT, REGION, Cloud
from tests.support.aws_resources import EXPIRY, TABLES, Key, Table

BUCKETS = ("videos", "faces")


def test_a_second_plan_is_empty(cloud: Cloud) -> None:
    assert cloud.made.is_up_to_date()


@pytest.mark.parametrize("bucket", BUCKETS)
def test_a_bucket_is_private_and_encrypted_and_takes_no_plain_http(
    cloud: Cloud, bucket: str
) -> None:
    s3, name = cloud.aws.client("s3"), cloud.outputs["buckets"][bucket]
    blocked = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    assert all(blocked.values())
    assert len(blocked) == 4
    rules = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    owner = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
    assert owner == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    (denied,) = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"]
    assert (denied["Effect"], denied["Principal"], denied["Action"]) == ("Deny", "*", "s3:*")
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert denied["Resource"] == [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]


def test_videos_expire_and_what_was_not_finished_is_cleared_away(cloud: Cloud) -> None:
    s3, name = cloud.aws.client("s3"), cloud.outputs["buckets"]["videos"]
    rules = {r["ID"]: r for r in s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]}
    assert rules["retention"]["Expiration"]["Days"] == 30
    aborted = rules["incomplete-uploads"]["AbortIncompleteMultipartUpload"]
    assert aborted["DaysAfterInitiation"] == 1
    assert {rule["Status"] for rule in rules.values()} == {"Enabled"}


def test_faces_are_not_versioned_so_that_a_deletion_deletes(cloud: Cloud) -> None:
    found = cloud.aws.client("s3").get_bucket_versioning(Bucket=cloud.outputs["buckets"]["faces"])
    assert found.get("Status") != "Enabled"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.field)
def test_a_table_has_the_keys_that_the_adapters_are_tested_with(cloud: Cloud, table: Table) -> None:
    dynamodb, name = cloud.aws.client("dynamodb"), cloud.outputs["tables"][table.field]
    found = dynamodb.describe_table(TableName=name)["Table"]
    types = {one["AttributeName"]: one["AttributeType"] for one in found["AttributeDefinitions"]}

    def keys(schema: list[dict[str, str]]) -> list[Key]:
        return [Key(one["AttributeName"], types[one["AttributeName"]]) for one in schema]

    assert keys(found["KeySchema"]) == [key for key in (table.partition, table.sort) if key]
    indexes = {one["IndexName"]: one for one in found.get("GlobalSecondaryIndexes", [])}
    assert indexes.keys() == {index.name for index in table.indexes}
    for index in table.indexes:
        assert keys(indexes[index.name]["KeySchema"]) == [index.partition, index.sort]
        projection = indexes[index.name]["Projection"]
        assert projection["ProjectionType"] == ("INCLUDE" if index.holds else "ALL")
        assert set(projection.get("NonKeyAttributes", [])) == set(index.holds)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.field)
def test_a_table_costs_by_use_and_can_be_restored_and_forgets_what_expires(
    cloud: Cloud, table: Table
) -> None:
    dynamodb, name = cloud.aws.client("dynamodb"), cloud.outputs["tables"][table.field]
    found = dynamodb.describe_table(TableName=name)["Table"]
    assert found["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert found["DeletionProtectionEnabled"] is False  # as the variable says
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    expiry = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert expiry["TimeToLiveStatus"] == ("ENABLED" if table.expires else "DISABLED")
    assert expiry.get("AttributeName") == (EXPIRY if table.expires else None)


def test_the_people_s_table_keeps_its_name(cloud: Cloud) -> None:
    assert cloud.outputs["tables"]["people"] == "student_info"


def test_the_registry_keeps_what_it_was_given_and_scans_it(cloud: Cloud) -> None:
    name = cloud.outputs["repository_url"].partition("/")[2]
    ecr = cloud.aws.client("ecr")
    (found,) = ecr.describe_repositories(repositoryNames=[name])["repositories"]
    assert found["imageTagMutability"] == "IMMUTABLE"
    assert found["imageScanningConfiguration"]["scanOnPush"] is True
    rules = json.loads(ecr.get_lifecycle_policy(repositoryName=name)["lifecyclePolicyText"])
    assert rules["rules"][0]["action"] == {"type": "expire"}
    (image,) = ecr.describe_images(repositoryName=name)["imageDetails"]
    assert cloud.outputs["image_uri"] == f"{cloud.outputs['repository_url']}@{image['imageDigest']}"


def test_the_function_runs_that_image_by_its_digest(cloud: Cloud) -> None:
    found = cloud.function()
    assert found["Code"]["ImageUri"] == cloud.outputs["image_uri"]
    configured = found["Configuration"]
    assert configured["PackageType"] == "Image"
    assert configured["Architectures"] == ["arm64"]
    assert (configured["MemorySize"], configured["Timeout"]) == (2048, 29)
    assert configured["TracingConfig"] == {"Mode": "Active"}
    assert configured["Role"] == cloud.outputs["function_role_arn"]
    alias = cloud.aws.client("lambda").get_alias(
        FunctionName=cloud.outputs["function_name"], Name=cloud.outputs["function_alias"]
    )
    assert alias["FunctionVersion"] == cloud.outputs["function_version"] != "$LATEST"


def test_the_function_s_variables_are_what_the_service_takes(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = cloud.settings()
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.store == "aws"
    assert settings.video_days == 30
    for field, table in cloud.outputs["tables"].items():
        assert getattr(settings, f"{field}_table") == table
    for field, bucket in cloud.outputs["buckets"].items():
        assert getattr(settings, f"{field}_bucket") == bucket
    known = {f"RECOGNIZER_{name.upper()}" for name in Settings.model_fields}
    assert not {name for name in given if name.startswith("RECOGNIZER_")} - known


def test_the_api_leads_every_request_to_the_alias(cloud: Cloud) -> None:
    api = cloud.aws.client("apigatewayv2")
    (made,) = api.get_apis()["Items"]
    assert made["ProtocolType"] == "HTTP"
    assert cloud.outputs["api_url"] == made["ApiEndpoint"]
    (route,) = api.get_routes(ApiId=made["ApiId"])["Items"]
    (integration,) = api.get_integrations(ApiId=made["ApiId"])["Items"]
    assert route["RouteKey"] == "$default"
    assert route["Target"] == f"integrations/{integration['IntegrationId']}"
    assert integration["PayloadFormatVersion"] == "2.0"
    alias = f"function:{cloud.outputs['function_name']}:{cloud.outputs['function_alias']}"
    assert alias in integration["IntegrationUri"]
    (stage,) = api.get_stages(ApiId=made["ApiId"])["Items"]
    assert (stage["StageName"], stage["AutoDeploy"]) == ("$default", True)
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0
    logged = stage["AccessLogSettings"]["Format"].lower()
    assert "authorization" not in logged
    assert "querystring" not in logged
    (granted,) = (
        one
        for one in json.loads(
            cloud.aws.client("lambda").get_policy(
                FunctionName=cloud.outputs["function_name"],
                Qualifier=cloud.outputs["function_alias"],
            )["Policy"]
        )["Statement"]
        if one["Principal"] == {"Service": "apigateway.amazonaws.com"}
    )
    arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{made['ApiId']}/*/$default"
    assert granted["Condition"] == {"ArnLike": {"AWS:SourceArn": arn}}


def test_alarms_tell_the_topic_and_the_topic_tells_people(cloud: Cloud) -> None:
    topic = cloud.outputs["alarm_topic_arn"]
    alarms = cloud.aws.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert {alarm["AlarmName"].removeprefix("recognizer-") for alarm in alarms} == {
        "errors",
        "throttles",
        "duration",
        "api-5xx",
    }
    assert all(alarm["AlarmActions"] == [topic] for alarm in alarms)
    (sent,) = cloud.aws.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert (sent["Protocol"], sent["Endpoint"]) == ("email", "teacher@example.org")


def test_the_dashboard_and_the_logs_are_there_and_logs_do_not_stay_for_ever(cloud: Cloud) -> None:
    board = cloud.aws.client("cloudwatch").get_dashboard(DashboardName="recognizer")
    assert json.loads(board["DashboardBody"])["widgets"]
    groups = cloud.aws.client("logs").describe_log_groups()["logGroups"]
    assert {one["logGroupName"] for one in groups} == set(cloud.outputs["log_groups"].values())
    assert all(one["retentionInDays"] > 0 for one in groups)


def test_a_budget_warns_before_it_is_spent(cloud: Cloud) -> None:
    budgets = cloud.aws.client("budgets")
    (budget,) = budgets.describe_budgets(AccountId=ACCOUNT)["Budgets"]
    assert budget["BudgetLimit"]["Unit"] == "USD"
    assert float(budget["BudgetLimit"]["Amount"]) == 20
    warned = budgets.describe_notifications_for_budget(
        AccountId=ACCOUNT, BudgetName=budget["BudgetName"]
    )["Notifications"]
    assert {(one["NotificationType"], one["Threshold"]) for one in warned} == {
        ("ACTUAL", 80),
        ("FORECASTED", 100),
    }


def test_one_copy_is_kept_warm_by_an_ordinary_request(cloud: Cloud) -> None:
    events = cloud.aws.client("events")
    (rule,) = events.list_rules()["Rules"]
    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(5 minutes)", "ENABLED")
    (target,) = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    assert target["Arn"].endswith(f":{cloud.outputs['function_alias']}")
    assert json.loads(target["Input"])["rawPath"] == "/v1/health"
