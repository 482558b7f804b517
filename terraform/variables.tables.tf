variable "people_table_name" {
  description = "Name of the table of people's records. The other six are named after the deployment."
  type        = string
  default     = "student_info"

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{3,255}$", var.people_table_name))
    error_message = "people_table_name must be 3 to 255 letters, digits, '_', '.' and '-'."
  }
}

variable "point_in_time_recovery_days" {
  description = "How many days back each table can be restored. Deleted data, also people, stays restorable that long."
  type        = number
  default     = 7

  validation {
    condition     = var.point_in_time_recovery_days >= 1 && var.point_in_time_recovery_days <= 35 && floor(var.point_in_time_recovery_days) == var.point_in_time_recovery_days
    error_message = "point_in_time_recovery_days must be a whole number from 1 to 35."
  }
}

variable "sighting_days" {
  description = "How many days a sighting is kept."
  type        = number
  default     = 90

  validation {
    condition     = var.sighting_days >= 1 && var.sighting_days <= 3650 && floor(var.sighting_days) == var.sighting_days
    error_message = "sighting_days must be a whole number from 1 to 3650."
  }
}

variable "crop_days" {
  description = "How many days the crop of a seen face is kept, so that an unknown person can be named and a wrong name removed; no longer than its sighting. 0 keeps none."
  type        = number
  default     = 7

  validation {
    condition     = var.crop_days >= 0 && var.crop_days <= 365 && floor(var.crop_days) == var.crop_days
    error_message = "crop_days must be a whole number from 0 to 365."
  }
}
