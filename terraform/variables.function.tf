variable "memory_mb" {
  description = "Memory of the function in MB. Its share of processors grows with the memory; 1769 MB have one processor."
  type        = number
  default     = 2048

  validation {
    condition     = var.memory_mb >= 1024 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb must be a whole number from 1024 (the models need it) to 10240."
  }
}

variable "timeout_s" {
  description = "Timeout of a request in seconds. The HTTP API itself waits 30."
  type        = number
  default     = 29

  validation {
    condition     = var.timeout_s >= 5 && var.timeout_s <= 29 && floor(var.timeout_s) == var.timeout_s
    error_message = "timeout_s must be a whole number from 5 to 29: the HTTP API waits 30 seconds."
  }
}

variable "reserved_concurrency" {
  description = "Most pictures that are processed at once, which also limits the cost; null shares the account's concurrency. A new account may have too little to reserve any."
  type        = number
  default     = null

  validation {
    condition     = var.reserved_concurrency == null || try(var.reserved_concurrency >= 1 && floor(var.reserved_concurrency) == var.reserved_concurrency, false)
    error_message = "reserved_concurrency must be a whole number from 1, or null."
  }
}

variable "provisioned_concurrency" {
  description = "Number of copies of the function that are always started, so that no request waits for a start. They are paid by the hour. 0 keeps none."
  type        = number
  default     = 0

  validation {
    condition     = var.provisioned_concurrency >= 0 && floor(var.provisioned_concurrency) == var.provisioned_concurrency && var.provisioned_concurrency <= coalesce(var.reserved_concurrency, 1000)
    error_message = "provisioned_concurrency must be a whole number from 0 to reserved_concurrency."
  }
}

variable "keep_warm_minutes" {
  description = "Interval in minutes of calls that keep one copy started. It costs almost nothing, but guarantees nothing. 0 turns it off."
  type        = number
  default     = 0

  validation {
    condition     = var.keep_warm_minutes >= 0 && var.keep_warm_minutes <= 60 && floor(var.keep_warm_minutes) == var.keep_warm_minutes
    error_message = "keep_warm_minutes must be a whole number from 0 (off) to 60."
  }
}

variable "tracing" {
  description = "Whether requests are traced by AWS X-Ray."
  type        = bool
  default     = true
}

variable "log_level" {
  description = "Lowest level that the service logs: DEBUG, INFO, WARNING or ERROR."
  type        = string
  default     = "INFO"

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.log_level)
    error_message = "log_level must be DEBUG, INFO, WARNING or ERROR."
  }
}

variable "session_hours" {
  description = "How many hours a console session lasts."
  type        = number
  default     = 12

  validation {
    condition     = var.session_hours >= 1 && var.session_hours <= 720 && floor(var.session_hours) == var.session_hours
    error_message = "session_hours must be a whole number from 1 to 720, which is 30 days."
  }
}

variable "admin_token_sha256" {
  description = "SHA-256 of your own admin token, in lower-case hexadecimal digits; null: `recognizer admin-token` makes the token."
  type        = string
  default     = null
  sensitive   = true

  validation {
    condition     = var.admin_token_sha256 == null || can(regex("^[0-9a-f]{64}$", var.admin_token_sha256))
    error_message = "admin_token_sha256 must be 64 lower-case hexadecimal digits: the token's SHA-256, never the token."
  }
}
