# A budget of the whole account. A budget by tag would count nothing, and warn of nothing, until the
# tag is activated for billing.

locals {
  budget_emails = length(var.budget_emails) > 0 ? var.budget_emails : slice(var.alarm_emails, 0, min(10, length(var.alarm_emails)))
}

resource "aws_budgets_budget" "monthly" {
  count = var.monthly_budget_usd == null ? 0 : 1

  name         = var.name
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = tostring(var.monthly_budget_usd)
  limit_unit   = "USD"

  dynamic "notification" {
    for_each = { ACTUAL = 80, FORECASTED = 100 }

    content {
      notification_type          = notification.key
      threshold                  = notification.value
      threshold_type             = "PERCENTAGE"
      comparison_operator        = "GREATER_THAN"
      subscriber_email_addresses = local.budget_emails
    }
  }
}
