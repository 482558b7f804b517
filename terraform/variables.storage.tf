variable "videos_bucket_name" {
  description = "Name of the bucket of videos; null means NAME-videos-ACCOUNT-REGION."
  type        = string
  default     = null

  validation {
    condition     = var.videos_bucket_name == null || can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.videos_bucket_name))
    error_message = "videos_bucket_name must be 3 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends."
  }
}

variable "faces_bucket_name" {
  description = "Name of the bucket of enrolment photos and the gallery's snapshot; null means NAME-faces-ACCOUNT-REGION."
  type        = string
  default     = null

  validation {
    condition     = var.faces_bucket_name == null || can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.faces_bucket_name))
    error_message = "faces_bucket_name must be 3 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends."
  }
}

variable "video_prefix" {
  description = "First part of every video's key."
  type        = string
  default     = "vidinput"

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$", var.video_prefix))
    error_message = "video_prefix must be 1 to 64 letters, digits, '_' and '-', beginning with a letter or digit; no slash."
  }
}

variable "video_retention_days" {
  description = "Days after which a video is deleted, and removed from the list of videos; null keeps videos for ever."
  type        = number
  default     = 30

  validation {
    condition     = var.video_retention_days == null || try(var.video_retention_days >= 1 && var.video_retention_days <= 3650 && floor(var.video_retention_days) == var.video_retention_days, false)
    error_message = "video_retention_days must be a whole number from 1 to 3650, or null."
  }
}

variable "video_versioning" {
  description = "Whether a deleted or overwritten video stays restorable for another video_retention_days (for 30 days, if that is null)."
  type        = bool
  default     = false
}

variable "incomplete_upload_days" {
  description = "Days after which the parts of an incomplete upload are deleted."
  type        = number
  default     = 1

  validation {
    condition     = var.incomplete_upload_days >= 1 && var.incomplete_upload_days <= 365 && floor(var.incomplete_upload_days) == var.incomplete_upload_days
    error_message = "incomplete_upload_days must be a whole number from 1 to 365."
  }
}

variable "video_cors_origins" {
  description = "Origins of web pages that may play videos by their links, such as https://example.org; none by default."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for origin in var.video_cors_origins : can(regex("^https://[A-Za-z0-9.-]+(:[0-9]+)?$", origin))])
    error_message = "video_cors_origins must be origins such as https://example.org: https, a host, perhaps a port, no path and no '*'."
  }
}
