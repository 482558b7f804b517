#!/usr/bin/env bash
# Creates the environments: .tools (Poetry, pinned), .venv (the project, from poetry.lock),
# .tools/proof (checkers of Terraform's settings and the Dockerfile, pinned), .tools/torch (the
# project with the original stack, from poetry.lock; about 6 GB) and .tools/peers (face_recognition,
# pinned; pip compiles its dlib, which takes minutes and needs CMake and a C++ compiler).
# Needs Python 3.11 to 3.13 with venv; PYTHON names one, else the first suitable one is used.
# Safe to run again: a broken or incomplete environment is created again, a complete one is kept.
#
# usage: tools/setup.sh tools | project | proof | torch | peers
set -euo pipefail
cd "$(dirname "$0")/.."

fits() { "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; }

find_python() {
  local names=${PYTHON:-python3 python3.13 python3.12 python3.11 python} name
  for name in $names; do
    if fits "$name"; then command -v "$name"; return; fi
  done
  echo "setup: found no Python 3.11, 3.12 or 3.13 that has venv, among: $names" >&2
  echo "setup: install one (on Debian: python3 and python3-venv), or name it: make setup PYTHON=/path/to/python3" >&2
  return 1
}

environment() { # environment DIR: creates a virtual environment, unless a working one exists
  if fits "$1/bin/python" && "$1/bin/python" -m pip --version >/dev/null 2>&1; then return; fi
  local python
  python=$(find_python)
  echo "setup: making $1 with $("$python" --version)"
  rm -rf "$1"
  "$python" -m venv "$1"
}

case "${1:-}" in
  tools)
    environment .tools
    .tools/bin/python -m pip install --quiet --disable-pip-version-check \
      -r tools/poetry.txt -c tools/poetry-constraints.txt
    ;;
  project)
    environment .venv
    # Poetry leaves an installed member as it is, so a command whose module has moved would fail.
    .venv/bin/python -m pip uninstall --quiet --yes --disable-pip-version-check \
      facecore pi-recorder recognizer 2>/dev/null || true
    tools/poetry.sh sync --compile
    ;;
  proof)
    environment .tools/proof
    .tools/proof/bin/python -m pip install --quiet --disable-pip-version-check \
      -r tools/proof.txt -c tools/proof-constraints.txt
    ;;
  torch)
    environment .tools/torch
    PROJECT_ENVIRONMENT=.tools/torch tools/poetry.sh sync --extras torch
    ;;
  peers)
    environment .tools/peers
    .tools/peers/bin/python -m pip install --quiet --disable-pip-version-check -r tools/peers.txt
    ;;
  *)
    echo "usage: tools/setup.sh tools | project | proof | torch | peers" >&2
    exit 2
    ;;
esac
