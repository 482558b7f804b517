#!/usr/bin/env bash
# Runs the pinned Poetry on the project's .venv, with pip's index (or mirror) and pip's certificate
# authorities.
# usage: [PROJECT_ENVIRONMENT=FOLDER] tools/poetry.sh ARGUMENTS OF POETRY
#   PROJECT_ENVIRONMENT: another existing virtual environment than .venv.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
python=$here/.tools/bin/python
# Poetry would use an activated environment instead of .venv.
unset VIRTUAL_ENV CONDA_PREFIX PYTHONHOME PYTHONPATH
if [ -n "${PROJECT_ENVIRONMENT:-}" ]; then
  VIRTUAL_ENV=$(cd "$PROJECT_ENVIRONMENT" && pwd)
  export VIRTUAL_ENV PATH=$VIRTUAL_ENV/bin:$PATH
fi

settings=$("$python" "$here/tools/pip_settings.py")
while IFS= read -r setting; do
  [ -z "$setting" ] || export "${setting?}"
done <<<"$settings"
exec "$here/.tools/bin/poetry" --no-interaction "$@"
