#!/usr/bin/env bash
# Writes requirements files from poetry.lock for other machines, each package with its hashes. They
# do not list the members, which come from this repository.
#   services/recognizer/image/requirements.txt        the group `function`, for the function's image
#   services/recognizer/image/requirements-torch.txt  the packages that facecore[torch] adds
#   services/pi_recorder/requirements.txt             the group `recorder`, for install.sh
#
# usage: tools/export-requirements.sh            writes them
#        tools/export-requirements.sh --check    fails if they differ from the lock
set -euo pipefail
cd "$(dirname "$0")/.."
image=services/recognizer/image recorder=services/pi_recorder
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

export_to() { # export_to FILE OPTIONS OF POETRY EXPORT
  tools/poetry.sh export --quiet --format requirements.txt --output "$made/$1" "${@:2}"
}

export_to function --only function
export_to recorder --only recorder
export_to main --only main
export_to main-torch --only main --extras torch
mkdir -p "$made/$image" "$made/$recorder"
.tools/bin/python tools/image_requirements.py "$made/function" > "$made/$image/requirements.txt"
.tools/bin/python tools/image_requirements.py "$made/recorder" > "$made/$recorder/requirements.txt"
.tools/bin/python tools/image_requirements.py "$made/main-torch" --without "$made/main" \
  > "$made/$image/requirements-torch.txt"

for file in "$image"/requirements{,-torch}.txt "$recorder/requirements.txt"; do
  if [ "${1:-}" != --check ]; then
    cp "$made/$file" "$file"
  elif ! diff -u "$file" "$made/$file"; then
    echo "$file does not match poetry.lock: run 'make image-requirements' and commit it" >&2
    exit 1
  fi
done
