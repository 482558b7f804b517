# Seven tables, on demand. The docstring of
# services/recognizer/src/recognizer/adapters/aws/__init__.py describes their keys and items.

locals {
  table_names = {
    people    = var.people_table_name
    faces     = "${var.name}-faces"
    gallery   = "${var.name}-gallery"
    sightings = "${var.name}-sightings"
    crops     = "${var.name}-crops"
    videos    = "${var.name}-videos"
    devices   = "${var.name}-devices"
  }
  table_arns = {
    for table, name in local.table_names :
    table => "arn:${local.partition}:dynamodb:${local.region}:${local.account}:table/${name}"
  }

  # A key is [partition] or [partition, sort].
  tables = {
    people    = { key = ["label"], expires = false, indexes = { by_label = ["listed", "label"] } }
    faces     = { key = ["label", "photo_id"], expires = false, indexes = {} }
    gallery   = { key = ["part", "number"], expires = false, indexes = {} }
    sightings = { key = ["owner", "moment"], expires = true, indexes = { by_time = ["shard", "moment"], by_visit = ["visit", "moment"] } }
    crops     = { key = ["owner", "id"], expires = true, indexes = { by_time = ["shard", "moment"] } }
    videos    = { key = ["key"], expires = true, indexes = { by_time = ["shard", "moment"], by_device = ["device", "moment"] } }
    devices   = { key = ["kind", "id"], expires = true, indexes = {} }
  }

  numbers = ["number"] # every other key is text

  # The attributes in an index besides the keys; other indexes hold all. A list needs no pictures.
  included = { crops = { by_time = ["embedding", "expires_at", "face", "model"] } }
}

resource "aws_dynamodb_table" "this" {
  #checkov:skip=CKV_AWS_119:encrypted by DynamoDB's own keys unless kms_key_arn is given
  #checkov:skip=CKV2_AWS_16:on demand, so there is no capacity to scale
  for_each = local.tables

  name                        = local.table_names[each.key]
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = each.value.key[0]
  range_key                   = try(each.value.key[1], null)
  deletion_protection_enabled = var.deletion_protection

  dynamic "attribute" {
    for_each = toset(flatten([each.value.key, values(each.value.indexes)]))

    content {
      name = attribute.value
      type = contains(local.numbers, attribute.value) ? "N" : "S"
    }
  }

  dynamic "global_secondary_index" {
    for_each = each.value.indexes

    content {
      name               = global_secondary_index.key
      hash_key           = global_secondary_index.value[0]
      range_key          = global_secondary_index.value[1]
      projection_type    = can(local.included[each.key][global_secondary_index.key]) ? "INCLUDE" : "ALL"
      non_key_attributes = try(local.included[each.key][global_secondary_index.key], null)
    }
  }

  dynamic "ttl" {
    for_each = each.value.expires ? ["expires_at"] : []

    content {
      attribute_name = ttl.value
      enabled        = true
    }
  }

  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = var.point_in_time_recovery_days
  }

  dynamic "server_side_encryption" {
    for_each = var.kms_key_arn[*]

    content {
      enabled     = true
      kms_key_arn = server_side_encryption.value
    }
  }
}
