# One page of graphs: requests, decisions, durations, costs.
# services/recognizer/src/recognizer/entrypoints/aws_lambda/metrics.py writes the namespace Recognizer.

locals {
  dashboard_arn = "arn:${local.partition}:cloudwatch::${local.account}:dashboard/${var.name}"

  stages = ["Decode", "Detect", "Align", "Embed", "Match", "Record", "Total"]

  # Each widget: title, statistic, and its metrics in CloudWatch's notation.
  widgets = [
    {
      title = "Requests", stat = "Sum"
      metrics = [
        ["AWS/ApiGateway", "Count", "ApiId", aws_apigatewayv2_api.this.id],
        ["AWS/ApiGateway", "4xx", "ApiId", aws_apigatewayv2_api.this.id],
        ["AWS/ApiGateway", "5xx", "ApiId", aws_apigatewayv2_api.this.id],
        ["Recognizer", "Refusals", "service", var.name],
      ]
    },
    {
      title   = "Recognitions and faces", stat = "Sum"
      metrics = [for metric in ["Recognitions", "Faces"] : ["Recognizer", metric, "service", var.name]]
    },
    {
      title   = "Decisions", stat = "Sum"
      metrics = [for metric in ["Match", "Uncertain", "Unknown"] : ["Recognizer", metric, "service", var.name]]
    },
    {
      title   = "A picture's stages, median (ms)", stat = "p50"
      metrics = [for stage in local.stages : ["Recognizer", "${stage}Time", "service", var.name]]
    },
    {
      title   = "A picture's stages, 95th percentile (ms)", stat = "p95"
      metrics = [for stage in local.stages : ["Recognizer", "${stage}Time", "service", var.name]]
    },
    {
      title = "Requests' duration, 95th percentile (ms)", stat = "p95"
      metrics = [
        ["AWS/ApiGateway", "Latency", "ApiId", aws_apigatewayv2_api.this.id],
        ["AWS/Lambda", "Duration", "FunctionName", var.name],
        ["Recognizer", "RequestDuration", "service", var.name],
      ]
    },
    {
      title   = "Function's failures", stat = "Sum"
      metrics = [for metric in ["Errors", "Throttles"] : ["AWS/Lambda", metric, "FunctionName", var.name]]
    },
    {
      title   = "Copies of the function at once", stat = "Maximum"
      metrics = [["AWS/Lambda", "ConcurrentExecutions", "FunctionName", var.name]]
    },
    {
      title   = "Starts of a copy", stat = "Sum"
      metrics = [["Recognizer", "ColdStart", "service", var.name]]
    },
    {
      title   = "Cost: the function's calls and milliseconds", stat = "Sum"
      metrics = [for metric in ["Invocations", "Duration"] : ["AWS/Lambda", metric, "FunctionName", var.name]]
    },
    {
      title = "Cost: units read and written in the tables", stat = "Sum"
      metrics = concat(
        [for table in local.table_names : ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", table]],
        [for table in local.table_names : ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", table]],
      )
    },
    {
      title = "Cost: bytes in the buckets, and of logs", stat = "Maximum"
      metrics = concat(
        [for bucket in local.buckets : ["AWS/S3", "BucketSizeBytes", "BucketName", bucket, "StorageType", "StandardStorage"]],
        [["AWS/Logs", "IncomingBytes", "LogGroupName", local.function_log_name]],
      )
    },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name
  dashboard_body = jsonencode({
    widgets = [
      for place, widget in local.widgets : {
        type   = "metric"
        x      = place % 3 * 8
        y      = floor(place / 3) * 6
        width  = 8
        height = 6
        properties = {
          title   = widget.title
          region  = local.region
          view    = "timeSeries"
          stat    = widget.stat
          period  = 300
          metrics = widget.metrics
        }
      }
    ]
  })
}
