variable "image_uri" {
  description = "Image of the function by its digest (REPOSITORY@sha256:…), in an ECR repository of this region; null builds it here when its sources changed. Give a former image to roll back (output image_uri)."
  type        = string
  default     = null

  validation {
    condition     = var.image_uri == null || can(regex("^[0-9]{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com(\\.cn)?/[a-z0-9._/-]+@sha256:[0-9a-f]{64}$", var.image_uri))
    error_message = "image_uri must name an image in ECR by its digest: ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY@sha256:…; Lambda accepts no other registry, and a tag may later name another image."
  }
}

variable "architecture" {
  description = "Processor of the function: arm64 (cheaper) or x86_64. An image_uri must have the same architecture."
  type        = string
  default     = "arm64"

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be arm64 or x86_64."
  }
}

variable "backend" {
  description = "Backend of the image that is built here: onnx, or torch (several times as large; its model is facenet-vggface2)."
  type        = string
  default     = "onnx"

  validation {
    condition     = contains(["onnx", "torch"], var.backend)
    error_message = "backend must be onnx or torch."
  }
}

variable "python" {
  description = "Python with this project's packages, which runs tools/publish_image.py; absolute, or relative to this folder."
  type        = string
  default     = "../.venv/bin/python"

  validation {
    condition     = can(regex("^[^\\s'\"]+$", var.python))
    error_message = "python must be a path without spaces and quotes; `make setup` makes the default."
  }
}

variable "images_kept" {
  description = "How many images the repository keeps, so that you can roll back to them."
  type        = number
  default     = 10

  validation {
    condition     = var.images_kept >= 2 && var.images_kept <= 1000 && floor(var.images_kept) == var.images_kept
    error_message = "images_kept must be a whole number from 2 to 1000: the running image, and one to roll back to."
  }
}
