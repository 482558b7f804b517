# Two roles for GitHub's workflows: `plan` reads for a pull request, `deploy` applies from main.
#
# A person runs the first apply, and every apply that changes rights. Neither role may write to IAM,
# and neither may read or delete the content of buckets and tables.
# https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws

locals {
  github_issuer = "token.actions.githubusercontent.com"
  github_count  = var.github_repository == null ? 0 : 1
  github_provider = coalesce(
    var.github_oidc_provider_arn,
    "arn:${local.partition}:iam::${local.account}:oidc-provider/${local.github_issuer}",
  )
  github_claims = {
    plan = {
      "${local.github_issuer}:aud" = "sts.amazonaws.com"
      "${local.github_issuer}:sub" = "repo:${coalesce(var.github_repository, "none")}:pull_request"
    }
    deploy = {
      "${local.github_issuer}:aud" = "sts.amazonaws.com"
      "${local.github_issuer}:sub" = "repo:${coalesce(var.github_repository, "none")}:environment:${var.github_environment}"
      "${local.github_issuer}:ref" = "refs/heads/main"
    }
  }
  github_rights = {
    plan   = concat(local.github_reads, local.state_reads)
    deploy = concat(local.github_reads, local.state_reads, local.github_changes, local.state_changes)
  }
}

resource "aws_iam_openid_connect_provider" "github" {
  count = var.github_oidc_provider_arn == null ? local.github_count : 0

  url            = "https://${local.github_issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "github" {
  for_each = { for role, claims in local.github_claims : role => claims if local.github_count > 0 }

  name                 = "${var.name}-github-${each.key}"
  description          = "${title(each.key)} of ${var.name} by workflows of ${var.github_repository}"
  max_session_duration = 3600

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = local.github_provider }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = { StringEquals = each.value }
    }]
  })

  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_role_policy" "github" {
  #checkov:skip=CKV_AWS_290:the actions with the resource '*' in github.rights.tf support no other, as their comments say
  #checkov:skip=CKV_AWS_355:as above
  for_each = aws_iam_role.github

  name   = each.key
  role   = each.value.id
  policy = jsonencode({ Version = "2012-10-17", Statement = local.github_rights[each.key] })
}
