#!/usr/bin/env bash
# Installs the recorder as a service from this repository: on Raspberry Pi OS with its camera
# software, on any other Debian for webcams, RTSP and files. To update, run it again.
#
# usage: sudo services/pi_recorder/install.sh [--device FILE] [--set NAME=VALUE]… [--dry-run]
#        sudo services/pi_recorder/install.sh --uninstall [--purge] [--dry-run]
#
#   --device FILE     the file that `recognizer devices add NAME --output FILE` wrote
#   --set NAME=VALUE  a setting for a new config.toml, such as camera=/dev/video0
#   --uninstall       removes program and service, but not settings and recordings
#   --purge           with --uninstall: also removes settings, recordings and the user
#   --dry-run         prints each step without running it
#
# DESTDIR=FOLDER installs only files, below that folder: no packages, no user, no started service.
set -euo pipefail

HERE=$(cd "$(dirname "$0")" && pwd)
REPO=$(cd "$HERE/../.." && pwd)
ROOT=${DESTDIR:-}
PROGRAM=$ROOT/opt/pi-recorder
SETTINGS=$ROOT/etc/pi-recorder
STATE=/var/lib/pi-recorder
LINK=$ROOT/usr/local/bin/pi-recorder
UNIT=$ROOT/etc/systemd/system/pi-recorder.service
ACCOUNT=pi-recorder
device='' dry='' uninstall='' purge='' settings=()

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "install: $*"
  exit 1
}

step() { # step WHAT COMMAND…: prints the step, then runs it unless this is a dry run
  local what=$1
  shift
  say "$what"
  say "  \$ $*"
  [ -n "$dry" ] || "$@"
}

on_a_pi() { tr -d '\0' 2>/dev/null </proc/device-tree/model | grep -q 'Raspberry Pi'; }

systemd_runs() { [ -z "$ROOT" ] && { [ -n "$dry" ] || [ -d /run/systemd/system ]; }; }

check_machine() {
  case "$(uname -s) $(uname -m)" in
    'Linux aarch64' | 'Linux x86_64') ;;
    *) fail "this needs 64-bit Linux: choose 'Raspberry Pi OS (64-bit)' in Raspberry Pi Imager" ;;
  esac
  python3 -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null ||
    fail "this needs Python 3.11 to 3.13 as python3"
  # Debian 12 has numpy 1.24; facecore needs numpy 2, which breaks Debian 12's picamera2.
  if on_a_pi && ! grep -qE '^VERSION_ID="?1[3-9]' /etc/os-release; then
    fail "this needs Raspberry Pi OS on Debian 13 (trixie) or newer; install that first"
  fi
  [ -n "$ROOT$dry" ] || [ "$(id -u)" = 0 ] || fail "this needs root: sudo $0"
}

packages() {
  [ -z "$ROOT" ] || return 0
  local wanted=(python3-venv)
  # picamera2 depends on libcamera and simplejpeg; v4l-utils lists webcams.
  ! on_a_pi || wanted+=(python3-picamera2 python3-numpy rpicam-apps-lite v4l-utils)
  step "Update the package lists" apt-get update --quiet --quiet
  step "Install system packages" apt-get install --yes --no-install-recommends "${wanted[@]}"
}

environment() {
  [ ! -x "$PROGRAM/bin/python" ] || return 0
  local system=()
  # On a Pi, picamera2 and numpy come from the system; see docs/adr/0014.
  ! on_a_pi || system=(--system-site-packages)
  step "Make a virtual environment" python3 -m venv "${system[@]}" "$PROGRAM"
}

program() {
  local packages=$PROGRAM/requirements.txt options=(--quiet --disable-pip-version-check)
  # The cache would be written to the card and never be read again.
  [ -n "$ROOT" ] || options+=(--no-cache-dir)
  step "Write the locked requirements, without the system's numpy" write_requirements "$packages"
  # Each wheel must have a hash of the lock, and none is built, so no package's code runs as root.
  step "Install the requirements" "$PROGRAM/bin/python" -m pip install "${options[@]}" \
    --require-hashes --only-binary :all: --requirement "$packages"
  # The program itself comes from this folder; the step before has installed its build tools.
  step "Install the recorder" "$PROGRAM/bin/python" -m pip install "${options[@]}" \
    --no-index --no-deps --no-build-isolation "$REPO/libs/facecore" "$REPO/services/pi_recorder"
  step "Link its command" make_link "$LINK"
}

write_requirements() { "$PROGRAM/bin/python" "$REPO/tools/pi_requirements.py" >"$1"; }

make_link() {
  mkdir -p "$(dirname "$1")"
  ln -sfn /opt/pi-recorder/bin/pi-recorder "$1"
}

account() {
  [ -z "$ROOT" ] || return 0
  id "$ACCOUNT" >/dev/null 2>&1 || step "Make a user that may only use cameras" \
    useradd --system --user-group --groups video --home-dir "$STATE" --no-create-home \
    --shell /usr/sbin/nologin "$ACCOUNT"
  step "Make its folder for recordings and models" \
    install -d -m 0750 -o "$ACCOUNT" -g "$ACCOUNT" "$STATE"
}

configuration() {
  step "Make the folder of the settings" mkdir -p "$SETTINGS"
  local given=(--set "spool_dir=$STATE/spool") setting
  ! on_a_pi || given+=(--set camera=picamera)
  for setting in "${settings[@]}"; do given+=(--set "$setting"); done
  [ -e "$SETTINGS/config.toml" ] || step "Write the settings file" \
    "$PROGRAM/bin/pi-recorder" config init "$SETTINGS/config.toml" "${given[@]}"
  if [ -n "$device" ]; then
    step "Store the device's token" keep_secret "$device"
  elif [ ! -e "$SETTINGS/device.env" ]; then
    step "Make an empty file for the device's token" keep_secret /dev/null
  fi
}

keep_secret() { # only root and the recorder can read it, from its first byte on
  local new=$SETTINGS/device.env.new
  (umask 077 && cat "$1" >"$new")
  chmod 0640 "$new"
  [ -n "$ROOT" ] || chown "root:$ACCOUNT" "$new"
  mv "$new" "$SETTINGS/device.env"
}

service() {
  step "Install the service" install -D -m 0644 "$HERE/systemd/pi-recorder.service" "$UNIT"
  systemd_runs || return 0
  step "Reload systemd" systemctl daemon-reload
  step "Start the service at boot" systemctl enable pi-recorder
  if [ -n "$dry" ] || "$PROGRAM/bin/pi-recorder" config check >/dev/null 2>&1; then
    step "Start the service" systemctl restart --no-block pi-recorder
  fi
}

remove() {
  if systemd_runs && [ -e "$UNIT" ]; then
    step "Stop the service" systemctl disable --now pi-recorder
  fi
  step "Remove the program" rm -rf "$PROGRAM" "$LINK" "$UNIT"
  ! systemd_runs || step "Reload systemd" systemctl daemon-reload
  if [ -z "$purge" ]; then
    say "Settings stay in $SETTINGS and recordings in $ROOT$STATE; --purge removes both."
    return
  fi
  step "Remove settings and recordings" rm -rf "$SETTINGS" "$ROOT$STATE"
  if [ -z "$ROOT" ] && id "$ACCOUNT" >/dev/null 2>&1; then
    step "Remove the user" userdel "$ACCOUNT"
  fi
}

next_steps() {
  cat >&2 <<'NEXT'

Next:
  sudo nano /etc/pi-recorder/device.env    # paste the output of `recognizer devices add NAME`
  sudo -u pi-recorder pi-recorder doctor   # check everything
  sudo systemctl restart pi-recorder
  journalctl -u pi-recorder -f             # show who is seen
NEXT
}

while [ $# -gt 0 ]; do
  case $1 in
    --device) device=${2:?--device needs a file} && shift ;;
    --set) settings+=("${2:?--set needs NAME=VALUE}") && shift ;;
    --dry-run) dry=1 ;;
    --uninstall) uninstall=1 ;;
    --purge) purge=1 ;;
    *)
      sed -n '2,/^set /{s/^# \{0,1\}//;/^set /d;p}' "$0" >&2
      exit 2
      ;;
  esac
  shift
done
[ -z "$device" ] || [ -r "$device" ] || fail "$device can't be read; name a readable file with --device"

check_machine
if [ -n "$uninstall" ]; then
  remove
  exit
fi
packages
environment
program
account
configuration
service
next_steps
