# The defaults, without any variable.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  python = "true" # the program that does nothing: no image is built here
}

run "buckets_are_private_and_only_videos_expire" {
  command = plan

  assert {
    condition     = output.buckets == { videos = "recognizer-videos-123456789012-eu-central-1", faces = "recognizer-faces-123456789012-eu-central-1" }
    error_message = "The names of buckets must hold deployment, account and region."
  }

  assert {
    condition = alltrue([
      for bucket in ["videos", "faces"] :
      aws_s3_bucket_public_access_block.this[bucket].block_public_acls
      && aws_s3_bucket_public_access_block.this[bucket].block_public_policy
      && aws_s3_bucket_public_access_block.this[bucket].ignore_public_acls
      && aws_s3_bucket_public_access_block.this[bucket].restrict_public_buckets
      && aws_s3_bucket_ownership_controls.this[bucket].rule[0].object_ownership == "BucketOwnerEnforced"
      && !aws_s3_bucket.this[bucket].force_destroy
    ])
    error_message = "Both buckets must be private, owned by the account, and kept when they hold something."
  }

  assert {
    condition = alltrue([
      for bucket in ["videos", "faces"] : alltrue([
        for statement in jsondecode(aws_s3_bucket_policy.tls_only[bucket].policy).Statement :
        statement.Effect == "Deny" && statement.Principal == "*" && statement.Condition.Bool["aws:SecureTransport"] == "false" && length(statement.Resource) == 2
      ])
    ])
    error_message = "Both buckets must refuse requests without TLS."
  }

  assert {
    condition     = alltrue([for bucket in ["videos", "faces"] : one(one(aws_s3_bucket_server_side_encryption_configuration.this[bucket].rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"])
    error_message = "Both buckets must be encrypted by S3's own keys."
  }

  assert {
    condition     = length(aws_s3_bucket_versioning.videos) == 0 && length(aws_s3_bucket_cors_configuration.videos) == 0
    error_message = "No bucket may be versioned or allow CORS."
  }

  assert {
    condition     = [for rule in aws_s3_bucket_lifecycle_configuration.videos.rule : rule.expiration[0].days if rule.id == "retention"] == [30]
    error_message = "Videos must expire after 30 days."
  }

  assert {
    condition     = [for rule in aws_s3_bucket_lifecycle_configuration.faces.rule : rule.id] == ["incomplete-uploads"]
    error_message = "Enrolled faces must not expire."
  }
}

run "tables_are_as_the_stores_expect_them" {
  command = plan

  assert {
    condition = output.tables == {
      people    = "student_info"
      faces     = "recognizer-faces"
      gallery   = "recognizer-gallery"
      sightings = "recognizer-sightings"
      crops     = "recognizer-crops"
      videos    = "recognizer-videos"
      devices   = "recognizer-devices"
    }
    error_message = "There must be seven tables; the people's table keeps the original's name."
  }

  assert {
    condition = { for table, made in aws_dynamodb_table.this : table => join(" ", compact([made.hash_key, made.range_key])) } == {
      people    = "label"
      faces     = "label photo_id"
      gallery   = "part number"
      sightings = "owner moment"
      crops     = "owner id"
      videos    = "key"
      devices   = "kind id"
    }
    error_message = "Keys must be those of recognizer.adapters.aws."
  }

  assert {
    condition = toset(flatten([
      for table, made in aws_dynamodb_table.this :
      [for index in made.global_secondary_index : "${table} ${index.name} ${index.hash_key} ${index.range_key} ${index.projection_type}"]
      ])) == toset([
      "people by_label listed label ALL",
      "sightings by_time shard moment ALL",
      "sightings by_visit visit moment ALL",
      "crops by_time shard moment INCLUDE",
      "videos by_time shard moment ALL",
      "videos by_device device moment ALL",
    ])
    error_message = "Indexes must be those of recognizer.adapters.aws."
  }

  assert {
    condition     = toset(flatten([for index in aws_dynamodb_table.this["crops"].global_secondary_index : index.non_key_attributes])) == toset(["face", "model", "embedding", "expires_at"])
    error_message = "The index of unknown people must project the list's attributes, and no pictures."
  }

  assert {
    condition     = flatten([for table, made in aws_dynamodb_table.this : [for attribute in made.attribute : "${table}.${attribute.name}" if attribute.type == "N"]]) == ["gallery.number"]
    error_message = "Every key must be a string, except the gallery's number."
  }

  assert {
    condition     = [for table, made in aws_dynamodb_table.this : table if length(made.ttl) > 0] == ["crops", "devices", "sightings", "videos"]
    error_message = "Crops, sightings, videos, and the items beside the devices (sessions, counters, the audit log) must expire, nothing else."
  }

  assert {
    condition = alltrue([
      for made in values(aws_dynamodb_table.this) :
      made.billing_mode == "PAY_PER_REQUEST" && made.deletion_protection_enabled
      && made.point_in_time_recovery[0].enabled && made.point_in_time_recovery[0].recovery_period_in_days == 7
    ])
    error_message = "Tables must be on demand, protected and restorable."
  }
}

run "function_has_every_setting" {
  command = apply

  assert {
    condition = aws_lambda_function.this.environment[0].variables == tomap({
      RECOGNIZER_STORE           = "aws"
      RECOGNIZER_PEOPLE_TABLE    = "student_info"
      RECOGNIZER_FACES_TABLE     = "recognizer-faces"
      RECOGNIZER_GALLERY_TABLE   = "recognizer-gallery"
      RECOGNIZER_SIGHTINGS_TABLE = "recognizer-sightings"
      RECOGNIZER_CROPS_TABLE     = "recognizer-crops"
      RECOGNIZER_VIDEOS_TABLE    = "recognizer-videos"
      RECOGNIZER_DEVICES_TABLE   = "recognizer-devices"
      RECOGNIZER_VIDEOS_BUCKET   = "recognizer-videos-123456789012-eu-central-1"
      RECOGNIZER_FACES_BUCKET    = "recognizer-faces-123456789012-eu-central-1"
      RECOGNIZER_VIDEO_PREFIX    = "vidinput"
      RECOGNIZER_VIDEO_DAYS      = "30"
      RECOGNIZER_SIGHTING_DAYS   = "90"
      RECOGNIZER_CROP_DAYS       = "7"
      RECOGNIZER_SESSION_HOURS   = "12"
      RECOGNIZER_LOG_LEVEL       = "INFO"
      POWERTOOLS_SERVICE_NAME    = "recognizer"
      POWERTOOLS_TRACE_DISABLED  = "false"
    })
    error_message = "The function's environment must hold these settings and no others."
  }

  assert {
    condition     = aws_lambda_function.this.memory_size == 2048 && aws_lambda_function.this.timeout == 29 && aws_lambda_function.this.architectures == tolist(["arm64"])
    error_message = "The function must have 2048 MB, 29 seconds, and run on arm64."
  }

  assert {
    condition     = output.image_uri == "${output.repository_url}@sha256:1111111111111111111111111111111111111111111111111111111111111111" && aws_lambda_function.this.image_uri == output.image_uri
    error_message = "The function must run the built image, by its digest."
  }

  assert {
    condition     = aws_lambda_function.this.publish && aws_lambda_alias.live.function_version == "7" && aws_lambda_permission.api.qualifier == "live" && aws_apigatewayv2_integration.function.integration_uri == aws_lambda_alias.live.invoke_arn
    error_message = "The API must call the alias, and may call nothing else."
  }

  assert {
    condition     = endswith(aws_lambda_permission.api.source_arn, ":a1b2c3d4e5/*/$default")
    error_message = "Only this API may call the function."
  }

  assert {
    condition     = aws_lambda_function.this.logging_config[0].log_format == "JSON" && aws_lambda_function.this.logging_config[0].log_group == output.log_groups.function
    error_message = "The function must log JSON to its own group."
  }

  assert {
    condition     = length(aws_lambda_provisioned_concurrency_config.live) + length(aws_cloudwatch_event_rule.keep_warm) + length(aws_budgets_budget.monthly) + length(aws_iam_role.github) + length(aws_apigatewayv2_domain_name.this) == 0
    error_message = "By default, nothing may be created that costs by the hour or opens access."
  }

  assert {
    condition     = strcontains(output.settings, "export RECOGNIZER_STORE=aws\n") && strcontains(output.settings, "export AWS_REGION=eu-central-1\n") && strcontains(output.settings, "export RECOGNIZER_URL=https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com\n")
    error_message = "The output settings must point the command line to this deployment."
  }
}

run "function_may_do_only_what_it_needs" {
  command = plan

  assert {
    condition     = alltrue([for statement in jsondecode(aws_iam_role_policy.function.policy).Statement : alltrue([for action in statement.Action : !strcontains(action, "*")])])
    error_message = "No action may hold a wildcard."
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.function.policy).Statement : statement.Sid if contains(statement.Resource, "*")] == ["Traces"]
    error_message = "Only X-Ray, which supports no other, may have the resource '*'."
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.function.policy).Statement : statement.Sid if contains(statement.Action, "dynamodb:Scan")] == ["FacesTable"]
    error_message = "Only the faces may be scanned."
  }
}

run "logs_name_nobody" {
  command = plan

  assert {
    condition     = length(regexall("(?i)path|querystring|authorization|routekey", aws_apigatewayv2_stage.default.access_log_settings[0].format)) == 0
    error_message = "The access log must hold no path, no query and no authorization."
  }

  assert {
    condition     = aws_cloudwatch_log_group.function.retention_in_days == 30 && aws_cloudwatch_log_group.api.retention_in_days == 30
    error_message = "Logs must be kept for 30 days."
  }
}

run "alarms_for_errors_throttles_slowness_and_5xx" {
  command = apply

  assert {
    condition     = { for name, alarm in aws_cloudwatch_metric_alarm.this : name => "${alarm.namespace} ${alarm.metric_name} ${alarm.threshold}" } == { errors = "AWS/Lambda Errors 1", throttles = "AWS/Lambda Throttles 1", duration = "AWS/Lambda Duration 3000", api-5xx = "AWS/ApiGateway 5xx 1" }
    error_message = "There must be an alarm for each."
  }

  assert {
    condition     = alltrue([for alarm in values(aws_cloudwatch_metric_alarm.this) : alarm.alarm_actions == toset([output.alarm_topic_arn])])
    error_message = "Every alarm must go to the topic."
  }

  assert {
    condition     = alltrue([for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : length(widget.properties.metrics) > 0 && widget.x + widget.width <= 24])
    error_message = "Every widget must show a metric and lie within the page."
  }
}

run "a_given_image_is_not_built" {
  command = plan

  variables {
    image_uri = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/recognizer@sha256:2222222222222222222222222222222222222222222222222222222222222222"
  }

  assert {
    condition     = length(terraform_data.image) == 0 && length(data.aws_ecr_image.this) == 0 && aws_lambda_function.this.image_uri == var.image_uri
    error_message = "The given image must run, and none may be built."
  }
}
