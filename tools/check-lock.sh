#!/usr/bin/env bash
# Resolves all dependencies again with Poetry; fails if the result differs from poetry.lock. It takes
# minutes. check_lock.py compares poetry.lock with the pyproject.toml files in seconds.
set -euo pipefail
cd "$(dirname "$0")/.."
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -co --exclude-standard -- 'pyproject.toml' '*/pyproject.toml' poetry.lock poetry.toml README.md '*/README.md' '*/__init__.py' |
  tar -cf - -T - | tar -xf - -C "$copy"
tools/poetry.sh lock --quiet --project "$copy"
if ! diff -u poetry.lock "$copy/poetry.lock"; then
  echo "poetry.lock is out of date: run 'make lock' and commit it" >&2
  exit 1
fi
