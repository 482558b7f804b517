#!/usr/bin/env bash
# Fails when Poetry, resolving every dependency anew, makes another lock than poetry.lock. It takes
# minutes; check_lock.py finds in seconds whether the pyproject.toml files ask for something else.
set -euo pipefail
cd "$(dirname "$0")/.."
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -co --exclude-standard -- 'pyproject.toml' '*/pyproject.toml' poetry.lock poetry.toml README.md '*/README.md' '*/__init__.py' |
  tar -cf - -T - | tar -xf - -C "$copy"
tools/poetry.sh lock --quiet --project "$copy"
if ! diff -u poetry.lock "$copy/poetry.lock"; then
  echo "poetry.lock is behind the pyproject.toml files: run 'make lock' and commit it" >&2
  exit 1
fi
