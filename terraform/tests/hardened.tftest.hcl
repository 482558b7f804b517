# Every option is on: a KMS key, a domain, provisioned concurrency, GitHub, a budget.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                        = "campus"
  python                      = "true" # the program that does nothing: no image is built here
  kms_key_arn                 = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  people_table_name           = "campus_people"
  point_in_time_recovery_days = 35
  video_versioning            = true
  video_retention_days        = 7
  video_cors_origins          = ["https://example.org"]
  architecture                = "x86_64"
  memory_mb                   = 4096
  reserved_concurrency        = 20
  provisioned_concurrency     = 2
  keep_warm_minutes           = 5
  log_level                   = "WARNING"
  admin_token_sha256          = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
  custom_domain = {
    name            = "faces.example.org"
    certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
    zone_id         = "Z0123456789ABCDEFGHIJ"
  }
  alarm_emails       = ["me@example.org", "you@example.org"]
  alarm_thresholds   = { duration_p95_ms = 1500 }
  monthly_budget_usd = 25
  github_repository  = "me/faces"
  state_bucket       = "campus-terraform-state"
}

run "one_key_encrypts_everything" {
  command = plan

  assert {
    condition     = alltrue([for made in values(aws_s3_bucket_server_side_encryption_configuration.this) : one(one(made.rule).apply_server_side_encryption_by_default).kms_master_key_id == var.kms_key_arn])
    error_message = "Buckets must be encrypted by the key."
  }

  assert {
    condition     = alltrue([for made in values(aws_dynamodb_table.this) : made.server_side_encryption[0].enabled && made.server_side_encryption[0].kms_key_arn == var.kms_key_arn])
    error_message = "Tables must be encrypted by the key."
  }

  assert {
    condition = alltrue([
      aws_ecr_repository.this.encryption_configuration[0].kms_key == var.kms_key_arn,
      aws_cloudwatch_log_group.function.kms_key_id == var.kms_key_arn,
      aws_cloudwatch_log_group.api.kms_key_id == var.kms_key_arn,
      aws_sns_topic.alarms.kms_master_key_id == var.kms_key_arn,
      aws_lambda_function.this.kms_key_arn == var.kms_key_arn,
    ])
    error_message = "Images, logs, topic and environment must be encrypted by the key."
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.function.policy).Statement : statement.Resource if statement.Sid == "Key"] == [[var.kms_key_arn]]
    error_message = "The function must be able to use that key, and no other."
  }
}

run "videos_are_restorable_for_as_long_as_they_are_kept" {
  command = plan

  assert {
    condition     = aws_s3_bucket_versioning.videos[0].versioning_configuration[0].status == "Enabled"
    error_message = "Videos must be versioned."
  }

  assert {
    condition     = [for rule in aws_s3_bucket_lifecycle_configuration.videos.rule : rule.noncurrent_version_expiration[0].noncurrent_days if rule.id == "former-versions"] == [7]
    error_message = "Noncurrent versions must expire after seven days."
  }

  assert {
    condition     = one(aws_s3_bucket_cors_configuration.videos[0].cors_rule).allowed_origins == toset(["https://example.org"]) && one(aws_s3_bucket_cors_configuration.videos[0].cors_rule).allowed_methods == toset(["GET", "HEAD"])
    error_message = "The page may play videos, and nothing else."
  }
}

run "function_is_kept_warm" {
  command = apply

  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == 20 && aws_lambda_provisioned_concurrency_config.live[0].provisioned_concurrent_executions == 2 && aws_lambda_provisioned_concurrency_config.live[0].qualifier == "live"
    error_message = "Two of at most twenty instances must be provisioned."
  }

  assert {
    condition     = aws_cloudwatch_event_rule.keep_warm[0].schedule_expression == "rate(5 minutes)" && aws_cloudwatch_event_target.keep_warm[0].arn == aws_lambda_alias.live.arn && aws_lambda_permission.keep_warm[0].source_arn == aws_cloudwatch_event_rule.keep_warm[0].arn
    error_message = "The alias must be called every five minutes, and the rule must be allowed to."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_target.keep_warm[0].input).version == "2.0" && jsondecode(aws_cloudwatch_event_target.keep_warm[0].input).rawPath == "/v1/health" && jsondecode(aws_cloudwatch_event_target.keep_warm[0].input).requestContext.http.method == "GET"
    error_message = "The rule must send an ordinary request for the health."
  }

  assert {
    condition     = aws_lambda_function.this.environment[0].variables["RECOGNIZER_ADMIN_TOKEN_SHA256"] == var.admin_token_sha256 && aws_lambda_function.this.environment[0].variables["RECOGNIZER_VIDEO_DAYS"] == "7" && aws_lambda_function.this.environment[0].variables["POWERTOOLS_SERVICE_NAME"] == "campus"
    error_message = "The settings must reach the function."
  }

  assert {
    condition     = aws_lambda_function.this.logging_config[0].application_log_level == "INFO" && aws_lambda_function.this.environment[0].variables["RECOGNIZER_LOG_LEVEL"] == "WARNING"
    error_message = "The service must filter by log level, not Lambda: Lambda would drop the metrics too."
  }
}

run "api_answers_at_its_domain_only" {
  command = apply

  assert {
    condition     = output.api_url == "https://faces.example.org" && aws_apigatewayv2_api.this.disable_execute_api_endpoint && aws_lambda_function.this.environment[0].variables["RECOGNIZER_PUBLIC_URL"] == "https://faces.example.org"
    error_message = "The API must answer at its domain, and nowhere else."
  }

  assert {
    condition     = aws_apigatewayv2_domain_name.this[0].domain_name_configuration[0].security_policy == "TLS_1_2" && aws_route53_record.this[0].name == "faces.example.org"
    error_message = "The domain must require TLS 1.2, and have a record."
  }
}

run "pull_requests_read_and_main_deploys" {
  command = apply

  assert {
    condition = jsondecode(aws_iam_role.github["plan"].assume_role_policy).Statement[0].Condition == {
      StringEquals = {
        "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
        "token.actions.githubusercontent.com:sub" = "repo:me/faces:pull_request"
      }
    }
    error_message = "Only this repository's pull requests may plan."
  }

  assert {
    condition = jsondecode(aws_iam_role.github["deploy"].assume_role_policy).Statement[0].Condition == {
      StringEquals = {
        "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
        "token.actions.githubusercontent.com:ref" = "refs/heads/main"
        "token.actions.githubusercontent.com:sub" = "repo:me/faces:environment:production"
      }
    }
    error_message = "Only main, in the environment production, may deploy."
  }

  assert {
    condition = alltrue(flatten([
      for statement in jsondecode(aws_iam_role_policy.github["plan"].policy).Statement : [
        for action in statement.Action : can(regex(":(Get|List|Describe|View|GET)", action))
      ]
    ]))
    error_message = "The role plan must only read."
  }

  assert {
    condition = alltrue(flatten([
      for role in ["plan", "deploy"] : [
        for statement in jsondecode(aws_iam_role_policy.github[role].policy).Statement : [
          for action in statement.Action : !can(regex("^(iam:(Add|Attach|Create|Delete|Detach|Put|Set|Tag|Untag|Update)|dynamodb:(Batch|Delete|Get|Put|Query|Scan|Transact|UpdateItem)|s3:Delete(Bucket|ObjectV)|[a-z]+:\\*|\\*)", action))
        ]
      ]
    ]))
    error_message = "Neither role may change rights, read or delete what is stored, or do everything of a service."
  }

  assert {
    condition = toset(flatten([
      for statement in jsondecode(aws_iam_role_policy.github["deploy"].policy).Statement : [
        for resource in statement.Resource : resource if endswith(resource, "/*") && startswith(resource, "arn:aws:s3")
      ]
    ])) == toset([])
    error_message = "Neither role may reach the objects of the buckets."
  }

  assert {
    condition     = alltrue([for role in ["plan", "deploy"] : length(aws_iam_role_policy.github[role].policy) < 10240])
    error_message = "IAM takes inline policies of at most 10,240 characters a role."
  }
}

run "mails_are_sent" {
  command = plan

  assert {
    condition     = length(aws_sns_topic_subscription.email) == 2 && aws_cloudwatch_metric_alarm.this["duration"].threshold == 1500 && aws_cloudwatch_metric_alarm.this["errors"].threshold == 1
    error_message = "Both addresses must get alarms, at the given thresholds or the defaults."
  }

  assert {
    condition     = { for told in aws_budgets_budget.monthly[0].notification : told.notification_type => told.threshold } == { ACTUAL = 80, FORECASTED = 100 } && alltrue([for told in aws_budgets_budget.monthly[0].notification : told.subscriber_email_addresses == toset(var.alarm_emails)])
    error_message = "The budget must notify at 80 % spent and at 100 % forecast."
  }
}

run "an_identity_provider_that_is_there_is_used" {
  command = plan

  variables {
    github_oidc_provider_arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0 && length(aws_iam_role.github) == 2
    error_message = "No second provider may be made."
  }
}
