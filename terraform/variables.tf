# Variables for every resource. The other variables are in variables.CONCERN.tf.

variable "name" {
  description = "Name of this deployment and prefix of everything in it; another name makes another deployment in the same account."
  type        = string
  default     = "recognizer"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 20 lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen: buckets are named after it."
  }
}

variable "aws_region" {
  description = "Region of everything, such as eu-central-1; null takes the region of your AWS configuration (AWS_REGION)."
  type        = string
  default     = null

  validation {
    condition     = var.aws_region == null || can(regex("^[a-z]{2,3}(-[a-z]+)+-[0-9]$", var.aws_region))
    error_message = "aws_region must be a region's code, such as eu-central-1."
  }
}

variable "tags" {
  description = "More tags for every resource, besides Deployment and ManagedBy."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for key, value in var.tags : length(key) <= 128 && !startswith(lower(key), "aws:") && length(value) <= 256])
    error_message = "tags must have keys of at most 128 characters that don't begin with 'aws:', and values of at most 256."
  }
}

variable "kms_key_arn" {
  description = "Key that encrypts buckets, tables, images, logs, the alarms' topic and the function's environment; null leaves each to the keys that AWS keeps for it, at no cost. The key's own policy must let CloudWatch, CloudWatch Logs and this account's roles use it (README.md)."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key (arn:aws:kms:REGION:ACCOUNT:key/ID), not of an alias."
  }
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the tables. Set it to false and apply before you take the deployment down."
  type        = bool
  default     = true
}

variable "force_destroy" {
  description = "Whether `terraform destroy` may empty the buckets and the image repository; otherwise it fails if one is not empty."
  type        = bool
  default     = false
}
