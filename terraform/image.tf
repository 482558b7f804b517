# Builds the function's image when its sources changed, and reads its digest.

locals {
  root = "${path.module}/.."

  image_sources = setunion(
    fileset(local.root, "libs/facecore/src/**"),
    fileset(local.root, "libs/facecore/pyproject.toml"),
    fileset(local.root, "services/recognizer/src/**"),
    fileset(local.root, "services/recognizer/pyproject.toml"),
    fileset(local.root, "services/recognizer/image/**"),
  )
  image_files = [for file in local.image_sources : file if !strcontains(file, "__pycache__") && !endswith(file, ".pyc")]

  # The same on every machine, so that the same files are not built twice.
  image_hash = sha256(jsonencode({
    architecture = var.architecture
    backend      = var.backend
    files        = { for file in local.image_files : file => filesha256("${local.root}/${file}") }
  }))
  image_tag      = substr(local.image_hash, 0, 32)
  image_platform = { arm64 = "linux/arm64", x86_64 = "linux/amd64" }[var.architecture]
  builds_image   = var.image_uri == null
  image_uri      = local.builds_image ? "${aws_ecr_repository.this.repository_url}@${data.aws_ecr_image.this[0].image_digest}" : var.image_uri
}

resource "terraform_data" "image" {
  count = local.builds_image ? 1 : 0

  triggers_replace = {
    repository = aws_ecr_repository.this.repository_url
    tag        = local.image_tag
  }

  provisioner "local-exec" {
    working_dir = path.module
    command     = "\"$PYTHON\" ../tools/publish_image.py --repository-url \"$REPOSITORY\" --tag \"$TAG\" --platform \"$PLATFORM\" --region \"$REGION\" --backend \"$BACKEND\""

    environment = {
      PYTHON     = var.python
      REPOSITORY = aws_ecr_repository.this.repository_url
      TAG        = local.image_tag
      PLATFORM   = local.image_platform
      REGION     = local.region
      BACKEND    = var.backend
    }
  }
}

data "aws_ecr_image" "this" {
  count = local.builds_image ? 1 : 0

  repository_name = aws_ecr_repository.this.name
  image_tag       = local.image_tag

  depends_on = [terraform_data.image]
}
