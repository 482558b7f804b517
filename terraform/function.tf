# The function, and the alias through which everything calls it.

locals {
  function_arn = "arn:${local.partition}:lambda:${local.region}:${local.account}:function:${var.name}"

  # The settings that services/recognizer/src/recognizer/settings.py reads; also in the output `settings`.
  store_settings = merge(
    {
      RECOGNIZER_STORE         = "aws"
      RECOGNIZER_VIDEO_PREFIX  = var.video_prefix
      RECOGNIZER_SIGHTING_DAYS = tostring(var.sighting_days)
      RECOGNIZER_CROP_DAYS     = tostring(var.crop_days)
    },
    { for table, name in local.table_names : "RECOGNIZER_${upper(table)}_TABLE" => name },
    { for bucket, name in local.buckets : "RECOGNIZER_${upper(bucket)}_BUCKET" => name },
    var.video_retention_days == null ? {} : { RECOGNIZER_VIDEO_DAYS = tostring(var.video_retention_days) },
  )
  function_settings = merge(
    local.store_settings,
    {
      RECOGNIZER_SESSION_HOURS  = tostring(var.session_hours)
      RECOGNIZER_LOG_LEVEL      = var.log_level
      POWERTOOLS_SERVICE_NAME   = var.name
      POWERTOOLS_TRACE_DISABLED = tostring(!var.tracing)
    },
    var.admin_token_sha256 == null ? {} : { RECOGNIZER_ADMIN_TOKEN_SHA256 = var.admin_token_sha256 },
    var.custom_domain == null ? {} : { RECOGNIZER_PUBLIC_URL = "https://${var.custom_domain.name}" },
  )
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_50:traced unless the variable tracing says no
  #checkov:skip=CKV_AWS_115:a new account has no concurrency to reserve; the variable reserved_concurrency sets it
  #checkov:skip=CKV_AWS_116:the HTTP API calls it and reports a failure to the caller; there is nothing to queue
  #checkov:skip=CKV_AWS_117:it connects only to DynamoDB and S3, over TLS; a private network would add the cost of a gateway and slow the start
  #checkov:skip=CKV_AWS_173:encrypted by Lambda's own key unless kms_key_arn is given; it holds names, and at most a token's hash
  #checkov:skip=CKV_AWS_272:signing is for archives; an image is named by its digest
  function_name = var.name
  description   = "Answers who is in a picture"
  role          = aws_iam_role.function.arn
  package_type  = "Image"
  image_uri     = local.image_uri
  architectures = [var.architecture]
  memory_size   = var.memory_mb
  timeout       = var.timeout_s
  kms_key_arn   = var.kms_key_arn
  publish       = true

  reserved_concurrent_executions = coalesce(var.reserved_concurrency, -1)

  image_config {
    command = ["recognizer.entrypoints.aws_lambda.handler.handler"]
  }

  environment {
    variables = local.function_settings
  }

  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  logging_config {
    log_group  = aws_cloudwatch_log_group.function.name
    log_format = "JSON"
    # The service filters by log_level itself. Lambda's filter would also drop the lines with metrics,
    # which have no level and count as INFO.
    application_log_level = var.log_level == "DEBUG" ? "DEBUG" : "INFO"
    system_log_level      = "INFO"
  }

  # A start reads the gallery and writes logs, so the rights must exist before.
  depends_on = [aws_iam_role_policy.function, aws_ecr_repository_policy.lambda]
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = "The version that the API calls"
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version
}

resource "aws_lambda_provisioned_concurrency_config" "live" {
  count = var.provisioned_concurrency > 0 ? 1 : 0

  function_name                     = aws_lambda_function.this.function_name
  qualifier                         = aws_lambda_alias.live.name
  provisioned_concurrent_executions = var.provisioned_concurrency
}

# An ordinary health request, so that the service needs no extra code.
resource "aws_cloudwatch_event_rule" "keep_warm" {
  count = var.keep_warm_minutes > 0 ? 1 : 0

  name                = "${var.name}-keep-warm"
  description         = "Keeps one copy of the function started"
  schedule_expression = var.keep_warm_minutes == 1 ? "rate(1 minute)" : "rate(${var.keep_warm_minutes} minutes)"
}

resource "aws_cloudwatch_event_target" "keep_warm" {
  count = var.keep_warm_minutes > 0 ? 1 : 0

  rule = aws_cloudwatch_event_rule.keep_warm[0].name
  arn  = aws_lambda_alias.live.arn
  input = jsonencode({
    version         = "2.0"
    routeKey        = "$default"
    rawPath         = "/v1/health"
    rawQueryString  = ""
    headers         = { host = "keep-warm", user-agent = "keep-warm" }
    isBase64Encoded = false
    requestContext = {
      http = { method = "GET", path = "/v1/health", protocol = "HTTP/1.1", sourceIp = "127.0.0.1", userAgent = "keep-warm" }
    }
  })

  retry_policy {
    maximum_event_age_in_seconds = 60
    maximum_retry_attempts       = 0
  }
}

resource "aws_lambda_permission" "keep_warm" {
  count = var.keep_warm_minutes > 0 ? 1 : 0

  statement_id  = "keep-warm"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this.function_name
  qualifier     = aws_lambda_alias.live.name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.keep_warm[0].arn
}
