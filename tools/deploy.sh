#!/usr/bin/env bash
# Creates or changes the whole system on AWS: state bucket, plan, apply. Prints the next steps.
# Arguments are passed to `terraform plan`, such as -var alarm_emails='["me@example.org"]'.
# DRY_RUN=1 prints the steps without running them. YES=1 applies without a question.
set -euo pipefail
cd "$(dirname "$0")/.."
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-}}
plan=$PWD/.data/deploy.tfplan

step() { # step WHAT COMMAND…: prints and runs a command; a dry run only prints it
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
step "1. Print the AWS identity" .venv/bin/python -c \
  'import boto3; print(boto3.client("sts").get_caller_identity()["Arn"])'
step "2. Create the bucket for Terraform's state (once)" \
  .venv/bin/python tools/terraform_state.py
step "3. Initialise Terraform: provider and state" \
  terraform -chdir=terraform init -input=false
step "4. Plan the changes (applying them builds the image if its inputs changed)" \
  terraform -chdir=terraform plan -input=false -out="$plan" "$@"
confirmed
step "5. Apply the plan" terraform -chdir=terraform apply -input=false "$plan"
step "6. Print the API's address" terraform -chdir=terraform output api_url

cat >&2 <<'NEXT'

Next, on this machine:
  eval "$(terraform -chdir=terraform output -raw settings)"   # this deployment's names
  .venv/bin/recognizer admin-token                            # the admin's token, shown once
  .venv/bin/recognizer devices add NAME                       # a recorder's ready configuration
NEXT
