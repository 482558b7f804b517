#!/usr/bin/env bash
# The pinned Poetry, on the project's own .venv, asking the index that pip asks (a mirror included)
# and trusting the certificate authorities that pip trusts.
# usage: [PROJECT_ENVIRONMENT=FOLDER] tools/poetry.sh ARGUMENTS OF POETRY
#   PROJECT_ENVIRONMENT: another virtual environment than .venv; it has to be there.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
python=$here/.tools/bin/python
# An activated environment would be taken by Poetry instead of .venv.
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
