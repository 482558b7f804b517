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

pip_setting() { # pip_setting NAME: what pip's environment or configuration says, or nothing
  local variable
  variable=PIP_$(echo "$1" | tr 'a-z-' 'A-Z_')
  if [ -n "${!variable:-}" ]; then echo "${!variable}"; return; fi
  "$python" -m pip --disable-pip-version-check config get "global.$1" 2>/dev/null || true
}

default_index() { "$python" -c 'from pip._internal.models.index import PyPI; print(PyPI.simple_url)'; }

if [ -z "${POETRY_PYPI_MIRROR_URL:-}" ]; then
  index=$(pip_setting index-url)
  export POETRY_PYPI_MIRROR_URL=${index:-$(default_index)}
fi
if [ -z "${REQUESTS_CA_BUNDLE:-}${SSL_CERT_FILE:-}" ]; then
  authorities=$(pip_setting cert)
  if [ -n "$authorities" ]; then export REQUESTS_CA_BUNDLE=$authorities SSL_CERT_FILE=$authorities; fi
fi
exec "$here/.tools/bin/poetry" --no-interaction "$@"
