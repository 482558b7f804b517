# The function's rights: exactly the calls of its stores. terraform/proof compares them.

locals {
  # For each table: actions on the table itself, and the indexes that are queried.
  table_rights = {
    people    = { actions = ["BatchGetItem", "ConditionCheckItem", "DeleteItem", "GetItem", "UpdateItem"], indexes = ["by_label"] }
    faces     = { actions = ["BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"], indexes = [] }
    gallery   = { actions = ["DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"], indexes = [] }
    sightings = { actions = ["DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"], indexes = ["by_time", "by_visit"] }
    crops     = { actions = ["DeleteItem", "GetItem", "PutItem", "Query"], indexes = ["by_time"] }
    videos    = { actions = ["DeleteItem", "GetItem", "PutItem", "UpdateItem"], indexes = ["by_device", "by_time"] }
    devices   = { actions = ["DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"], indexes = [] }
  }

  table_statements = [
    for table, rights in local.table_rights : {
      Sid      = "${title(table)}Table"
      Effect   = "Allow"
      Action   = [for action in rights.actions : "dynamodb:${action}"]
      Resource = [local.table_arns[table]]
    }
  ]
  index_statements = [
    for table, rights in local.table_rights : {
      Sid      = "${title(table)}Indexes"
      Effect   = "Allow"
      Action   = ["dynamodb:Query"]
      Resource = [for index in rights.indexes : "${local.table_arns[table]}/index/${index}"]
    } if length(rights.indexes) > 0
  ]

  object_statements = [
    {
      Sid      = "Videos"
      Effect   = "Allow"
      Action   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
      Resource = ["${local.bucket_arns.videos}/${var.video_prefix}/*"]
    },
    {
      Sid      = "PhotosAndSnapshots"
      Effect   = "Allow"
      Action   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
      Resource = ["${local.bucket_arns.faces}/photos/*", "${local.bucket_arns.faces}/gallery/*"]
    },
    {
      # Without this right S3 returns 403 instead of 404 for a missing object, such as a video before
      # its upload or a snapshot that was just replaced. With a condition on the prefix S3 would
      # return 403 again, since a request for one object has no prefix.
      Sid      = "TellMissingFromForbidden"
      Effect   = "Allow"
      Action   = ["s3:ListBucket"]
      Resource = [local.bucket_arns.videos, local.bucket_arns.faces]
    },
  ]

  log_statements = [{
    Sid      = "Logs"
    Effect   = "Allow"
    Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    Resource = ["${local.function_log_arn}:*"]
  }]

  # X-Ray supports only the resource '*' for these two actions.
  trace_statements = !var.tracing ? [] : [{
    Sid      = "Traces"
    Effect   = "Allow"
    Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    Resource = ["*"]
  }]

  # The storing services use the key on behalf of the function.
  key_statements = [
    for key in var.kms_key_arn[*] : {
      Sid       = "Key"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = [key]
      Condition = { StringEquals = { "kms:ViaService" = [for service in ["dynamodb", "lambda", "s3"] : "${service}.${local.region}.amazonaws.com"] } }
    }
  ]
}

resource "aws_iam_role" "function" {
  name        = "${var.name}-function"
  description = "Rights of the function ${var.name}"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "function" {
  name = "function"
  role = aws_iam_role.function.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      local.table_statements,
      local.index_statements,
      local.object_statements,
      local.log_statements,
      local.trace_statements,
      local.key_statements,
    )
  })
}
