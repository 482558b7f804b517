variable "log_retention_days" {
  description = "How many days the function's and the API's logs are kept."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a value that CloudWatch allows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "alarm_emails" {
  description = "Addresses for alarms. AWS asks each address to confirm first."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.alarm_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "alarm_emails must be addresses such as me@example.org."
  }
}

variable "alarm_thresholds" {
  description = "Thresholds of the alarms, each over five minutes: errors and throttled calls of the function, the 95th percentile of its duration (in milliseconds, three times in a row), 5xx responses of the API."
  type = object({
    errors          = optional(number, 1)
    throttles       = optional(number, 1)
    duration_p95_ms = optional(number, 3000)
    api_5xx         = optional(number, 1)
  })
  default = {}

  validation {
    condition     = alltrue([for threshold in values(var.alarm_thresholds) : try(threshold > 0, false)])
    error_message = "alarm_thresholds must be above 0: an alarm at 0 would never end."
  }
}
