variable "github_repository" {
  description = "Repository (OWNER/NAME) whose workflows may plan on a pull request and apply on main, without a stored key; null makes no roles."
  type        = string
  default     = null

  validation {
    condition     = var.github_repository == null || can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "github_repository must be OWNER/NAME, without wildcards."
  }

  validation {
    condition     = var.github_repository == null || var.state_bucket != null
    error_message = "github_repository needs state_bucket too: a workflow can't use a state on your machine. tools/terraform_state.py makes the bucket and prints its name."
  }
}

variable "github_environment" {
  description = "GitHub environment that may use the deploy role. Protect it with reviewers, and let only main deploy to it."
  type        = string
  default     = "production"

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,255}$", var.github_environment))
    error_message = "github_environment must be 1 to 255 letters, digits, '_' and '-'."
  }
}

variable "github_oidc_provider_arn" {
  description = "ARN of the account's identity provider token.actions.githubusercontent.com, if it exists already (an account has only one); null makes it."
  type        = string
  default     = null

  validation {
    condition     = var.github_oidc_provider_arn == null || can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:oidc-provider/token\\.actions\\.githubusercontent\\.com$", var.github_oidc_provider_arn))
    error_message = "github_oidc_provider_arn must be arn:aws:iam::ACCOUNT:oidc-provider/token.actions.githubusercontent.com."
  }
}

variable "state_bucket" {
  description = "Bucket that keeps Terraform's state, so that the workflows' roles may use it; tools/terraform_state.py makes it."
  type        = string
  default     = null

  validation {
    condition     = var.state_bucket == null || can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.state_bucket))
    error_message = "state_bucket must be a bucket's name."
  }
}

variable "state_key" {
  description = "Key of the state in state_bucket."
  type        = string
  default     = "recognizer/terraform.tfstate"

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9._/-]*$", var.state_key))
    error_message = "state_key must be letters, digits, '.', '_', '/' and '-', beginning with a letter or digit."
  }
}
