#!/usr/bin/env bash
# Installs the recorder as a service, from this repository: on Raspberry Pi OS with its camera
# software, on any other Debian for webcams, RTSP and files. Safe to run again: that is an update.
#
# usage: sudo services/pi_recorder/install.sh [--device FILE] [--set NAME=VALUE]… [--dry-run]
#        sudo services/pi_recorder/install.sh --uninstall [--purge] [--dry-run]
#
#   --device FILE     what `recognizer devices add NAME --output FILE` wrote
#   --set NAME=VALUE  a setting for a new config.toml, such as camera=/dev/video0
#   --uninstall       removes program and service; settings and what is not uploaded stay
#   --purge           with --uninstall: removes settings, recordings and the user as well
#   --dry-run         prints each step and takes none
#
# DESTDIR=FOLDER installs below that folder: files alone, no packages, no user, no service started.
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

step() { # step WHAT COMMAND…: says what is done, then does it, unless this is a dry run
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
  # Debian 12's numpy is 1.24; facecore needs 2, and beside the system's it breaks picamera2.
  if on_a_pi && ! grep -qE '^VERSION_ID="?1[3-9]' /etc/os-release; then
    fail "this needs Raspberry Pi OS on Debian 13 (trixie) or newer; install it anew"
  fi
  [ -n "$ROOT$dry" ] || [ "$(id -u)" = 0 ] || fail "this needs root: sudo $0"
}

packages() {
  [ -z "$ROOT" ] || return 0
  local wanted=(python3-venv)
  # picamera2 brings libcamera and simplejpeg; v4l-utils lists webcams.
  ! on_a_pi || wanted+=(python3-picamera2 python3-numpy rpicam-apps-lite v4l-utils)
  step "Which packages there are" apt-get update --quiet --quiet
  step "Packages of the system" apt-get install --yes --no-install-recommends "${wanted[@]}"
}

environment() {
  [ ! -x "$PROGRAM/bin/python" ] || return 0
  local system=()
  # picamera2 and numpy are the system's there; see docs/adr/0014.
  ! on_a_pi || system=(--system-site-packages)
  step "An environment of its own" python3 -m venv "${system[@]}" "$PROGRAM"
}

program() {
  local packages=$PROGRAM/requirements.txt options=(--quiet --disable-pip-version-check)
  # On a Pi the cache would be written to the card and never read again.
  [ -n "$ROOT" ] || options+=(--no-cache-dir)
  step "Which packages: the lock's, but the system's numpy" write_requirements "$packages"
  # Each wheel must have a hash of the lock, and none is built: nothing of a package runs as root.
  step "What the recorder needs" "$PROGRAM/bin/python" -m pip install "${options[@]}" \
    --require-hashes --only-binary :all: --requirement "$packages"
  # The program itself comes from this folder; what builds it was installed in the step before.
  step "The recorder" "$PROGRAM/bin/python" -m pip install "${options[@]}" \
    --no-index --no-deps --no-build-isolation "$REPO/libs/facecore" "$REPO/services/pi_recorder"
  step "Its command" make_link "$LINK"
}

write_requirements() { "$PROGRAM/bin/python" "$REPO/tools/pi_requirements.py" >"$1"; }

make_link() {
  mkdir -p "$(dirname "$1")"
  ln -sfn /opt/pi-recorder/bin/pi-recorder "$1"
}

account() {
  [ -z "$ROOT" ] || return 0
  id "$ACCOUNT" >/dev/null 2>&1 || step "A user that may use cameras and nothing else" \
    useradd --system --user-group --groups video --home-dir "$STATE" --no-create-home \
    --shell /usr/sbin/nologin "$ACCOUNT"
  step "Its folder, for recordings and models" \
    install -d -m 0750 -o "$ACCOUNT" -g "$ACCOUNT" "$STATE"
}

configuration() {
  step "The folder of its settings" mkdir -p "$SETTINGS"
  local given=(--set "spool_dir=$STATE/spool") setting
  ! on_a_pi || given+=(--set camera=picamera)
  for setting in "${settings[@]}"; do given+=(--set "$setting"); done
  [ -e "$SETTINGS/config.toml" ] || step "Settings, each with its default" \
    "$PROGRAM/bin/pi-recorder" config init "$SETTINGS/config.toml" "${given[@]}"
  if [ -n "$device" ]; then
    step "The device's token" keep_secret "$device"
  elif [ ! -e "$SETTINGS/device.env" ]; then
    step "A place for the device's token" keep_secret /dev/null
  fi
}

keep_secret() { # readable by root and the recorder alone, from its first byte on
  local new=$SETTINGS/device.env.new
  (umask 077 && cat "$1" >"$new")
  chmod 0640 "$new"
  [ -n "$ROOT" ] || chown "root:$ACCOUNT" "$new"
  mv "$new" "$SETTINGS/device.env"
}

service() {
  step "The service" install -D -m 0644 "$HERE/systemd/pi-recorder.service" "$UNIT"
  systemd_runs || return 0
  step "systemd reads it" systemctl daemon-reload
  step "It starts with the machine" systemctl enable pi-recorder
  if [ -n "$dry" ] || "$PROGRAM/bin/pi-recorder" config check >/dev/null 2>&1; then
    step "It starts now" systemctl restart --no-block pi-recorder
  fi
}

remove() {
  if systemd_runs && [ -e "$UNIT" ]; then
    step "The service stops" systemctl disable --now pi-recorder
  fi
  step "The program goes" rm -rf "$PROGRAM" "$LINK" "$UNIT"
  ! systemd_runs || step "systemd reads it" systemctl daemon-reload
  if [ -z "$purge" ]; then
    say "Settings stay in $SETTINGS, and what is not uploaded in $ROOT$STATE; --purge removes both."
    return
  fi
  step "Settings and recordings go" rm -rf "$SETTINGS" "$ROOT$STATE"
  if [ -z "$ROOT" ] && id "$ACCOUNT" >/dev/null 2>&1; then
    step "The user goes" userdel "$ACCOUNT"
  fi
}

next_steps() {
  cat >&2 <<'NEXT'

Next:
  sudo nano /etc/pi-recorder/device.env    # what `recognizer devices add NAME` prints, if not given
  sudo -u pi-recorder pi-recorder doctor   # what is well, what is not, and what to do about it
  sudo systemctl restart pi-recorder
  journalctl -u pi-recorder -f             # who is seen, a line each
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
[ -z "$device" ] || [ -r "$device" ] || fail "$device can't be read; give the file with --device"

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
