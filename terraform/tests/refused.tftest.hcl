# Every validation refuses wrong values: malformed ones, and ones that contradict each other.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  image_uri = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/recognizer@sha256:2222222222222222222222222222222222222222222222222222222222222222"
}

run "name" {
  command = plan

  variables {
    name = "Recognizer"
  }

  expect_failures = [var.name]
}

run "name_2" {
  command = plan

  variables {
    name = "ab"
  }

  expect_failures = [var.name]
}

run "name_3" {
  command = plan

  variables {
    name = "a-name-of-more-than-20"
  }

  expect_failures = [var.name]
}

run "aws_region" {
  command = plan

  variables {
    aws_region = "Frankfurt"
  }

  expect_failures = [var.aws_region]
}

run "tags" {
  command = plan

  variables {
    tags = { "aws:mine" = "yes" }
  }

  expect_failures = [var.tags]
}

run "kms_key_arn" {
  command = plan

  variables {
    kms_key_arn = "alias/mine"
  }

  expect_failures = [var.kms_key_arn]
}

run "videos_bucket_name" {
  command = plan

  variables {
    videos_bucket_name = "My_Videos"
  }

  expect_failures = [var.videos_bucket_name]
}

run "faces_bucket_name" {
  command = plan

  variables {
    faces_bucket_name = "-faces"
  }

  expect_failures = [var.faces_bucket_name]
}

run "video_prefix" {
  command = plan

  variables {
    video_prefix = "videos/in"
  }

  expect_failures = [var.video_prefix]
}

run "video_retention_days" {
  command = plan

  variables {
    video_retention_days = 0
  }

  expect_failures = [var.video_retention_days]
}

run "video_retention_days_2" {
  command = plan

  variables {
    video_retention_days = 1.5
  }

  expect_failures = [var.video_retention_days]
}

run "incomplete_upload_days" {
  command = plan

  variables {
    incomplete_upload_days = 0
  }

  expect_failures = [var.incomplete_upload_days]
}

run "video_cors_origins" {
  command = plan

  variables {
    video_cors_origins = ["*"]
  }

  expect_failures = [var.video_cors_origins]
}

run "video_cors_origins_2" {
  command = plan

  variables {
    video_cors_origins = ["http://example.org"]
  }

  expect_failures = [var.video_cors_origins]
}

run "people_table_name" {
  command = plan

  variables {
    people_table_name = "no"
  }

  expect_failures = [var.people_table_name]
}

run "point_in_time_recovery_days" {
  command = plan

  variables {
    point_in_time_recovery_days = 36
  }

  expect_failures = [var.point_in_time_recovery_days]
}

run "sighting_days" {
  command = plan

  variables {
    sighting_days = 3651
  }

  expect_failures = [var.sighting_days]
}

run "crop_days" {
  command = plan

  variables {
    crop_days = 366
  }

  expect_failures = [var.crop_days]
}

run "image_uri" {
  command = plan

  variables {
    image_uri = "docker.io/me/recognizer:latest"
  }

  expect_failures = [var.image_uri]
}

run "image_uri_2" {
  command = plan

  variables {
    image_uri = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/recognizer:latest"
  }

  expect_failures = [var.image_uri]
}

run "architecture" {
  command = plan

  variables {
    architecture = "amd64"
  }

  expect_failures = [var.architecture]
}

run "backend" {
  command = plan

  variables {
    backend = "tensorflow"
  }

  expect_failures = [var.backend]
}

run "python" {
  command = plan

  variables {
    python = "python; rm -rf /"
  }

  expect_failures = [var.python]
}

run "images_kept" {
  command = plan

  variables {
    images_kept = 1
  }

  expect_failures = [var.images_kept]
}

run "memory_mb" {
  command = plan

  variables {
    memory_mb = 512
  }

  expect_failures = [var.memory_mb]
}

run "timeout_s" {
  command = plan

  variables {
    timeout_s = 30
  }

  expect_failures = [var.timeout_s]
}

run "reserved_concurrency" {
  command = plan

  variables {
    reserved_concurrency = 0
  }

  expect_failures = [var.reserved_concurrency]
}

run "provisioned_concurrency" {
  command = plan

  variables {
    provisioned_concurrency = -1
  }

  expect_failures = [var.provisioned_concurrency]
}

run "keep_warm_minutes" {
  command = plan

  variables {
    keep_warm_minutes = 61
  }

  expect_failures = [var.keep_warm_minutes]
}

run "log_level" {
  command = plan

  variables {
    log_level = "info"
  }

  expect_failures = [var.log_level]
}

run "session_hours" {
  command = plan

  variables {
    session_hours = 721
  }

  expect_failures = [var.session_hours]
}

run "admin_token_sha256" {
  command = plan

  variables {
    admin_token_sha256 = "the-token-itself"
  }

  expect_failures = [var.admin_token_sha256]
}

run "api_rate_limit" {
  command = plan

  variables {
    api_rate_limit = 0
  }

  expect_failures = [var.api_rate_limit]
}

run "api_burst_limit" {
  command = plan

  variables {
    api_burst_limit = 5001
  }

  expect_failures = [var.api_burst_limit]
}

run "custom_domain" {
  command = plan

  variables {
    custom_domain = { name = "https://faces.example.org/", certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/1" }
  }

  expect_failures = [var.custom_domain]
}

run "custom_domain_2" {
  command = plan

  variables {
    custom_domain = { name = "faces.example.org", certificate_arn = "my-certificate" }
  }

  expect_failures = [var.custom_domain]
}

run "log_retention_days" {
  command = plan

  variables {
    log_retention_days = 31
  }

  expect_failures = [var.log_retention_days]
}

run "alarm_emails" {
  command = plan

  variables {
    alarm_emails = ["me"]
  }

  expect_failures = [var.alarm_emails]
}

run "alarm_thresholds" {
  command = plan

  variables {
    alarm_thresholds = { errors = 0 }
  }

  expect_failures = [var.alarm_thresholds]
}

run "monthly_budget_usd" {
  command = plan

  variables {
    monthly_budget_usd = 0
    alarm_emails       = ["me@example.org"]
  }

  expect_failures = [var.monthly_budget_usd]
}

run "budget_emails" {
  command = plan

  variables {
    budget_emails = ["me"]
  }

  expect_failures = [var.budget_emails]
}

run "github_environment" {
  command = plan

  variables {
    github_environment = "pro duction"
  }

  expect_failures = [var.github_environment]
}

run "github_oidc_provider_arn" {
  command = plan

  variables {
    github_oidc_provider_arn = "arn:aws:iam::123456789012:oidc-provider/example.org"
  }

  expect_failures = [var.github_oidc_provider_arn]
}

run "state_bucket" {
  command = plan

  variables {
    state_bucket = "A"
  }

  expect_failures = [var.state_bucket]
}

run "state_key" {
  command = plan

  variables {
    state_key = "/state"
  }

  expect_failures = [var.state_key]
}

run "more_provisioned_than_reserved_concurrency" {
  command = plan

  variables {
    reserved_concurrency    = 5
    provisioned_concurrency = 6
  }

  expect_failures = [var.provisioned_concurrency]
}

run "a_budget_without_addresses" {
  command = plan

  variables {
    monthly_budget_usd = 25
  }

  expect_failures = [var.monthly_budget_usd]
}

run "a_repository_with_a_wildcard" {
  command = plan

  variables {
    github_repository = "me/*"
    state_bucket      = "my-state"
  }

  expect_failures = [var.github_repository]
}

run "a_repository_without_a_state_to_work_on" {
  command = plan

  variables {
    github_repository = "me/faces"
  }

  expect_failures = [var.github_repository]
}
