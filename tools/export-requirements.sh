#!/usr/bin/env bash
# Writes from poetry.lock what the function's image installs, every file with its hashes:
#   requirements.txt        the group `function` without the members, which are copied from source
#   requirements-torch.txt  what facecore[torch] adds to it
#
# usage: tools/export-requirements.sh            writes them
#        tools/export-requirements.sh --check    fails when they are not what the lock says
set -euo pipefail
cd "$(dirname "$0")/.."
image=services/recognizer/image
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

export_to() { # export_to FILE OPTIONS OF POETRY EXPORT
  tools/poetry.sh export --quiet --format requirements.txt --output "$made/$1" "${@:2}"
}

export_to function --only function
export_to main --only main
export_to main-torch --only main --extras torch
.tools/bin/python tools/image_requirements.py "$made/function" > "$made/requirements.txt"
.tools/bin/python tools/image_requirements.py "$made/main-torch" --without "$made/main" \
  > "$made/requirements-torch.txt"

for file in requirements.txt requirements-torch.txt; do
  if [ "${1:-}" != --check ]; then
    cp "$made/$file" "$image/$file"
  elif ! diff -u "$image/$file" "$made/$file"; then
    echo "$image/$file is behind poetry.lock: run 'make image-requirements' and commit it" >&2
    exit 1
  fi
done
