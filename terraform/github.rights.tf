# The rights of the two roles in github.tf, on this deployment's own resources.

locals {
  api_arns = concat(
    [for path in ["", "/*"] : "arn:${local.partition}:apigateway:${local.region}::/apis/${aws_apigatewayv2_api.this.id}${path}"],
    [for domain in var.custom_domain[*] : "arn:${local.partition}:apigateway:${local.region}::/domainnames/${domain.name}"],
    [for domain in var.custom_domain[*] : "arn:${local.partition}:apigateway:${local.region}::/domainnames/${domain.name}/*"],
  )
  alarm_arns = ["arn:${local.partition}:cloudwatch:${local.region}:${local.account}:alarm:${var.name}-*"]
  zone_arns  = [for zone in compact([try(var.custom_domain.zone_id, null)]) : "arn:${local.partition}:route53:::hostedzone/${zone}"]
  state_arn  = "arn:${local.partition}:s3:::${coalesce(var.state_bucket, "none")}"
  rule_arn   = "arn:${local.partition}:events:${local.region}:${local.account}:rule/${var.name}-keep-warm"
  budget_arn = "arn:${local.partition}:budgets::${local.account}:budget/${var.name}"
  log_arns   = [local.function_log_arn, "${local.function_log_arn}:*", local.api_log_arn, "${local.api_log_arn}:*"]

  # Only a bucket's settings: s3:Get* on a bucket, not on its objects.
  github_reads = [for right in concat(
    [
      { name = "ReadBuckets", actions = ["s3:Get*", "s3:ListBucket"], resources = values(local.bucket_arns) },
      { name = "ReadTables", actions = ["dynamodb:Describe*", "dynamodb:ListTagsOfResource"], resources = values(local.table_arns) },
      { name = "ReadImages", actions = ["ecr:DescribeImages", "ecr:DescribeRepositories", "ecr:GetLifecyclePolicy", "ecr:GetRepositoryPolicy", "ecr:ListTagsForResource"], resources = [aws_ecr_repository.this.arn] },
      { name = "ReadFunction", actions = ["lambda:Get*", "lambda:List*"], resources = [local.function_arn, "${local.function_arn}:*"] },
      { name = "ReadApi", actions = ["apigateway:GET"], resources = local.api_arns },
      { name = "ReadLogGroups", actions = ["logs:ListTagsForResource"], resources = local.log_arns },
      { name = "ReadAlarms", actions = ["cloudwatch:ListTagsForResource"], resources = local.alarm_arns },
      { name = "ReadDashboard", actions = ["cloudwatch:GetDashboard"], resources = [local.dashboard_arn] },
      { name = "ReadTopic", actions = ["sns:GetSubscriptionAttributes", "sns:GetTopicAttributes", "sns:ListTagsForResource"], resources = [aws_sns_topic.alarms.arn] },
      { name = "ReadSchedule", actions = ["events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule"], resources = [local.rule_arn] },
      { name = "ReadBudget", actions = ["budgets:ListTagsForResource", "budgets:ViewBudget"], resources = [local.budget_arn] },
      { name = "ReadRoles", actions = ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"], resources = ["arn:${local.partition}:iam::${local.account}:role/${var.name}-*"] },
      { name = "ReadIdentityProvider", actions = ["iam:GetOpenIDConnectProvider"], resources = [local.github_provider] },
      # These search by name and support no resource.
      { name = "Find", actions = ["cloudwatch:DescribeAlarms", "logs:DescribeLogGroups"], resources = ["*"] },
    ],
    [for zone in local.zone_arns : { name = "ReadZone", actions = ["route53:GetHostedZone", "route53:ListResourceRecordSets", "route53:ListTagsForResource"], resources = [zone] }],
    [for key in var.kms_key_arn[*] : { name = "ReadKey", actions = ["kms:DescribeKey"], resources = [key] }],
  ) : { Sid = right.name, Effect = "Allow", Action = right.actions, Resource = right.resources }]

  github_changes = [for right in concat(
    [
      { name = "ChangeBuckets", actions = ["s3:PutBucketCORS", "s3:PutBucketOwnershipControls", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging", "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration"], resources = values(local.bucket_arns) },
      { name = "ChangeTables", actions = ["dynamodb:TagResource", "dynamodb:UntagResource", "dynamodb:UpdateContinuousBackups", "dynamodb:UpdateTable", "dynamodb:UpdateTimeToLive"], resources = values(local.table_arns) },
      { name = "PushImages", actions = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:PutLifecyclePolicy", "ecr:SetRepositoryPolicy", "ecr:TagResource", "ecr:UploadLayerPart"], resources = [aws_ecr_repository.this.arn] },
      { name = "ChangeFunction", actions = ["lambda:AddPermission", "lambda:CreateAlias", "lambda:DeleteAlias", "lambda:DeleteFunctionConcurrency", "lambda:DeleteProvisionedConcurrencyConfig", "lambda:PublishVersion", "lambda:PutFunctionConcurrency", "lambda:PutProvisionedConcurrencyConfig", "lambda:RemovePermission", "lambda:TagResource", "lambda:UntagResource", "lambda:UpdateAlias", "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"], resources = [local.function_arn, "${local.function_arn}:*"] },
      { name = "PassFunctionRole", actions = ["iam:PassRole"], resources = [aws_iam_role.function.arn] },
      { name = "ChangeApi", actions = ["apigateway:DELETE", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT"], resources = local.api_arns },
      { name = "ChangeLogGroups", actions = ["logs:DeleteRetentionPolicy", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource"], resources = local.log_arns },
      { name = "ChangeAlarms", actions = ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource"], resources = local.alarm_arns },
      { name = "ChangeDashboard", actions = ["cloudwatch:PutDashboard"], resources = [local.dashboard_arn] },
      { name = "ChangeTopic", actions = ["sns:SetTopicAttributes", "sns:Subscribe", "sns:TagResource", "sns:Unsubscribe", "sns:UntagResource"], resources = [aws_sns_topic.alarms.arn] },
      { name = "ChangeSchedule", actions = ["events:DeleteRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets", "events:TagResource", "events:UntagResource"], resources = [local.rule_arn] },
      { name = "ChangeBudget", actions = ["budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource"], resources = [local.budget_arn] },
      # The registry's token and the delivery of the API's access log support no resource.
      { name = "Unnamed", actions = ["ecr:GetAuthorizationToken", "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeResourcePolicies", "logs:GetLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery"], resources = ["*"] },
    ],
    [for zone in local.zone_arns : { name = "ChangeZone", actions = ["route53:ChangeResourceRecordSets"], resources = [zone] }],
    [for zone in local.zone_arns : { name = "WaitForZone", actions = ["route53:GetChange"], resources = ["arn:${local.partition}:route53:::change/*"] }],
  ) : { Sid = right.name, Effect = "Allow", Action = right.actions, Resource = right.resources }]

  state_reads = [
    { Sid = "FindState", Effect = "Allow", Action = ["s3:ListBucket"], Resource = [local.state_arn] },
    { Sid = "ReadState", Effect = "Allow", Action = ["s3:GetObject"], Resource = ["${local.state_arn}/${var.state_key}"] },
  ]
  state_changes = [
    { Sid = "WriteState", Effect = "Allow", Action = ["s3:PutObject"], Resource = ["${local.state_arn}/${var.state_key}"] },
    { Sid = "LockState", Effect = "Allow", Action = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], Resource = ["${local.state_arn}/${var.state_key}.tflock"] },
  ]
}
