variable "monthly_budget_usd" {
  description = "Monthly budget of the whole account, in US dollars. Mails are sent at 80 % spent, and when 100 % are forecast. null makes no budget."
  type        = number
  default     = null

  validation {
    condition     = var.monthly_budget_usd == null || try(var.monthly_budget_usd > 0, false)
    error_message = "monthly_budget_usd must be above 0, or null."
  }

  validation {
    condition     = var.monthly_budget_usd == null || length(var.budget_emails) + length(var.alarm_emails) > 0
    error_message = "monthly_budget_usd needs budget_emails or alarm_emails: without an address nobody gets its warnings."
  }
}

variable "budget_emails" {
  description = "Addresses for the budget's mails, at most 10; an empty list means those of alarm_emails."
  type        = list(string)
  default     = []

  validation {
    condition     = length(var.budget_emails) <= 10 && alltrue([for address in var.budget_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "budget_emails must be at most 10 addresses such as me@example.org."
  }
}
