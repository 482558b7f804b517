variable "api_rate_limit" {
  description = "Most requests a second that the API accepts from all callers together. A recorder makes up to 2."
  type        = number
  default     = 50

  validation {
    condition     = var.api_rate_limit >= 1 && var.api_rate_limit <= 10000
    error_message = "api_rate_limit must be from 1 to 10000 requests a second."
  }
}

variable "api_burst_limit" {
  description = "Most requests that the API accepts at once."
  type        = number
  default     = 100

  validation {
    condition     = var.api_burst_limit >= 1 && var.api_burst_limit <= 5000 && floor(var.api_burst_limit) == var.api_burst_limit
    error_message = "api_burst_limit must be a whole number from 1 to 5000."
  }
}

variable "custom_domain" {
  description = "Your own domain for the API: its name, the ARN of its certificate (ACM, this region), and the id of its Route 53 zone if a record should be made there. The API's default address is then disabled."
  type = object({
    name            = string
    certificate_arn = string
    zone_id         = optional(string)
  })
  default = null

  validation {
    condition     = var.custom_domain == null || can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.custom_domain.name))
    error_message = "custom_domain.name must be a domain in lower case, such as faces.example.org, without https:// and path."
  }

  validation {
    condition     = var.custom_domain == null || can(regex("^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$", var.custom_domain.certificate_arn))
    error_message = "custom_domain.certificate_arn must be the ARN of a certificate in ACM, in the API's region."
  }
}
