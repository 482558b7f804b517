#!/usr/bin/env bash
# Creates or changes the whole system on AWS: state bucket, plan, apply, and what to do next.
# Arguments are passed to `terraform plan`, such as -var alarm_emails='["me@example.org"]'.
# DRY_RUN=1 prints each step it would take, and takes none. YES=1 does not ask before it applies.
set -euo pipefail
cd "$(dirname "$0")/.."
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-}}
plan=$PWD/.data/deploy.tfplan

step() { # step WHAT COMMAND…: says what is done, then does it, unless this is a dry run
  local what=$1
  shift
  printf '\n%s\n  $ %s\n' "$what" "$*" >&2
  [ -n "${DRY_RUN:-}" ] || "$@"
}

needed() { # needed COMMAND WHY
  command -v "$1" >/dev/null && return
  echo "deploy: $1 is not installed; it $2" >&2
  [ -n "${DRY_RUN:-}" ] || exit 3
}

confirmed() {
  [ -z "${DRY_RUN:-}" ] && [ -z "${YES:-}" ] || return 0
  read -r -p "Apply this plan? Only 'yes' does: " answer
  [ "$answer" = yes ] || { echo "deploy: nothing was changed" >&2; exit 4; }
}

if [ -z "$region" ]; then
  echo "deploy: set AWS_REGION, such as AWS_REGION=eu-central-1" >&2
  [ -n "${DRY_RUN:-}" ] || exit 2
  region=REGION
fi
export AWS_REGION=$region
needed terraform "makes the resources: https://developer.hashicorp.com/terraform/install"
case " $* " in
  *image_uri=*) ;;
  *) needed docker "builds the function's image; or pass -var image_uri=REPOSITORY@DIGEST" ;;
esac

mkdir -p .data
step "1. Who am I on AWS?" .venv/bin/python -c \
  'import boto3; print(boto3.client("sts").get_caller_identity()["Arn"])'
step "2. The bucket that keeps Terraform's state (made once)" \
  .venv/bin/python tools/terraform_state.py
step "3. Terraform gets its provider and finds the state" \
  terraform -chdir=terraform init -input=false
step "4. What would change (the image is built while it is applied, if its inputs changed)" \
  terraform -chdir=terraform plan -input=false -out="$plan" "$@"
confirmed
step "5. Change it" terraform -chdir=terraform apply -input=false "$plan"
step "6. Where it answers" terraform -chdir=terraform output api_url

cat >&2 <<'NEXT'

Next, on this machine:
  eval "$(terraform -chdir=terraform output -raw settings)"   # this deployment's names
  .venv/bin/recognizer admin-token                            # the admin's token, shown once
  .venv/bin/recognizer devices add NAME                       # a recorder's ready configuration
NEXT
