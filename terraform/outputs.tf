output "api_url" {
  description = "URL of the recognizer."
  value       = local.api_url
}

output "settings" {
  description = "Environment variables with which the command line `recognizer` works on this deployment: eval \"$(terraform output -raw settings)\". Holds no secret."
  value = join("\n", [
    for name, value in merge(local.store_settings, { AWS_REGION = local.region, RECOGNIZER_URL = local.api_url }) : "export ${name}=${value}"
  ])
}

output "buckets" {
  description = "Names of the buckets: videos, faces."
  value       = { for bucket, made in aws_s3_bucket.this : bucket => made.bucket }
}

output "tables" {
  description = "Names of the tables: people, faces, gallery, sightings, crops, videos, devices."
  value       = { for table, made in aws_dynamodb_table.this : table => made.name }
}

output "repository_url" {
  description = "ECR repository of the function's images."
  value       = aws_ecr_repository.this.repository_url
}

output "image_uri" {
  description = "The running image, by its digest. Note it before an update; the variable of the same name rolls back to it."
  value       = local.image_uri
}

output "function_name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "function_alias" {
  description = "Alias that the API calls."
  value       = aws_lambda_alias.live.name
}

output "function_version" {
  description = "Version that the alias points to."
  value       = aws_lambda_alias.live.function_version
}

output "function_role_arn" {
  description = "Role of the function."
  value       = aws_iam_role.function.arn
}

output "log_groups" {
  description = "Names of the log groups: function, api."
  value       = { function = aws_cloudwatch_log_group.function.name, api = aws_cloudwatch_log_group.api.name }
}

output "alarm_topic_arn" {
  description = "Topic to which alarms are published."
  value       = aws_sns_topic.alarms.arn
}

output "dashboard_url" {
  description = "The dashboard in AWS's console."
  value       = "https://${local.region}.console.aws.amazon.com/cloudwatch/home?region=${local.region}#dashboards/dashboard/${var.name}"
}

output "github_roles" {
  description = "Roles of GitHub's workflows by name (plan, deploy), for deploy.yml; empty without github_repository."
  value       = { for role, made in aws_iam_role.github : role => made.arn }
}
