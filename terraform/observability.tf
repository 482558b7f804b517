# Logs and alarms. The dashboard is in dashboard.tf.

locals {
  function_log_name = "/aws/lambda/${var.name}"
  function_log_arn  = "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:${local.function_log_name}"
  # With this prefix CloudWatch needs no separate resource policy for each API.
  api_log_name = "/aws/vendedlogs/apis/${var.name}"
  api_log_arn  = "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:${local.api_log_name}"

  function_dimensions = { FunctionName = var.name, Resource = "${var.name}:${aws_lambda_alias.live.name}" }
  api_dimensions      = { ApiId = aws_apigatewayv2_api.this.id, Stage = aws_apigatewayv2_stage.default.name }

  alarms = {
    errors = {
      says      = "Calls of the function failed: it ended with an error, ran out of time or could not start."
      namespace = "AWS/Lambda", metric = "Errors", dimensions = local.function_dimensions
      statistic = "Sum", percentile = null, threshold = var.alarm_thresholds.errors, periods = 1
    }
    throttles = {
      says      = "Calls were turned away because too many ran at once."
      namespace = "AWS/Lambda", metric = "Throttles", dimensions = local.function_dimensions
      statistic = "Sum", percentile = null, threshold = var.alarm_thresholds.throttles, periods = 1
    }
    duration = {
      says      = "One call in twenty is slow."
      namespace = "AWS/Lambda", metric = "Duration", dimensions = local.function_dimensions
      statistic = null, percentile = "p95", threshold = var.alarm_thresholds.duration_p95_ms, periods = 3
    }
    api-5xx = {
      says      = "The API answered 5xx: the function failed, or a store could not be used."
      namespace = "AWS/ApiGateway", metric = "5xx", dimensions = local.api_dimensions
      statistic = "Sum", percentile = null, threshold = var.alarm_thresholds.api_5xx, periods = 1
    }
  }
}

resource "aws_cloudwatch_log_group" "function" {
  #checkov:skip=CKV_AWS_158:encrypted by CloudWatch's own keys unless kms_key_arn is given
  #checkov:skip=CKV_AWS_338:logs show who used the service and when, so log_retention_days keeps them briefly
  name              = local.function_log_name
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_cloudwatch_log_group" "api" {
  #checkov:skip=CKV_AWS_158:as above
  #checkov:skip=CKV_AWS_338:as above
  name              = local.api_log_name
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_sns_topic" "alarms" {
  #checkov:skip=CKV_AWS_26:alarms hold names of metrics only, and alarms can't be published under the key that AWS keeps for SNS; kms_key_arn is used if given
  name              = "${var.name}-alarms"
  display_name      = "Alarms of ${var.name}"
  kms_master_key_id = var.kms_key_arn
}

resource "aws_sns_topic_subscription" "email" {
  for_each = toset(var.alarm_emails)

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.says
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  extended_statistic  = each.value.percentile
  period              = 300
  evaluation_periods  = each.value.periods
  threshold           = each.value.threshold
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching" # nobody asks at night
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}
