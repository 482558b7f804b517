# Two private buckets: one for videos, one for faces (enrolment photos and the gallery's snapshot).

locals {
  suffix = "${local.account}-${local.region}"

  buckets = {
    videos = coalesce(var.videos_bucket_name, "${var.name}-videos-${local.suffix}")
    faces  = coalesce(var.faces_bucket_name, "${var.name}-faces-${local.suffix}")
  }
  bucket_arns = { for bucket, name in local.buckets : bucket => "arn:${local.partition}:s3:::${name}" }
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:requests are in the API's access log; a bucket of access logs would be another place with keys that name people
  #checkov:skip=CKV_AWS_21:the faces bucket must not be versioned, so that a deletion deletes; the videos' versions are a variable
  #checkov:skip=CKV_AWS_144:recorded video is kept only for days, so a copy in another region is not needed by default
  #checkov:skip=CKV_AWS_145:encrypted by S3's own keys unless kms_key_arn is given
  #checkov:skip=CKV2_AWS_61:both have a lifecycle below; the scan does not resolve a bucket in for_each
  #checkov:skip=CKV2_AWS_62:nothing waits for an object; callers notify the service
  for_each = local.buckets

  bucket        = each.value
  force_destroy = var.force_destroy
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = aws_s3_bucket.this

  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    bucket_key_enabled = var.kms_key_arn != null

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_policy" "tls_only" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [local.bucket_arns[each.key], "${local.bucket_arns[each.key]}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  # S3 allows one change of a bucket's access at a time.
  depends_on = [aws_s3_bucket_public_access_block.this]
}

# Only for videos: a deleted photo must be gone. When versioning is turned off, old versions stay
# until they expire, and no new ones are added.
resource "aws_s3_bucket_versioning" "videos" {
  count = var.video_versioning ? 1 : 0

  bucket = aws_s3_bucket.this["videos"].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "videos" {
  bucket = aws_s3_bucket.this["videos"].id

  rule {
    id     = "incomplete-uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = var.incomplete_upload_days
    }
  }

  dynamic "rule" {
    for_each = var.video_retention_days[*]

    content {
      id     = "retention"
      status = "Enabled"

      filter {}

      expiration {
        days = rule.value
      }
    }
  }

  # Also when versioning is off: versions from the time when it was on must expire too.
  rule {
    id     = "former-versions"
    status = "Enabled"

    filter {}

    expiration {
      expired_object_delete_marker = true
    }

    noncurrent_version_expiration {
      noncurrent_days = coalesce(var.video_retention_days, 30)
    }
  }

  depends_on = [aws_s3_bucket_versioning.videos]
}

resource "aws_s3_bucket_lifecycle_configuration" "faces" {
  bucket = aws_s3_bucket.this["faces"].id

  rule {
    id     = "incomplete-uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = var.incomplete_upload_days
    }
  }
}

resource "aws_s3_bucket_cors_configuration" "videos" {
  count = length(var.video_cors_origins) > 0 ? 1 : 0

  bucket = aws_s3_bucket.this["videos"].id

  cors_rule {
    allowed_methods = ["GET", "HEAD"]
    allowed_origins = var.video_cors_origins
    allowed_headers = ["Range"]
    max_age_seconds = 3600
  }
}
