"""The image's base without Docker: the Debian packages of distroless, unpacked into a folder.

https://github.com/GoogleContainerTools/distroless/tree/main/python3 lists them. They come from the
mirror of this machine's apt, and are verified with Debian's keys.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

RELEASE, PYTHON = "trixie", "3.13"
USER = 65532
"""The image's ``nonroot``."""
_KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# fmt: off
_PACKAGES = (
    "base-files", "ca-certificates", "libbz2-1.0", "libc6", "libcom-err2", "libcrypt1",
    "libdb5.3t64", "libexpat1", "libffi8", "libgcc-s1", "libgomp1", "libgssapi-krb5-2",
    "libk5crypto3", "libkeyutils1", "libkrb5-3", "libkrb5support0", "liblzma5", "libncursesw6",
    "libnsl2", "libpython3.13-minimal", "libpython3.13-stdlib", "libreadline8t64", "libsqlite3-0",
    "libssl3t64", "libstdc++6", "libtinfo6", "libtirpc3t64", "libuuid1", "libzstd1",
    "media-types", "netbase", "python3.13-minimal", "tzdata", "zlib1g",
)
# fmt: on
_NEEDED = ("apt-get", "dpkg-deb", "chroot", "unshare")


class NoBase(Exception):
    """The base can't be made on this machine; the message says why."""


def make_base(base: Path, work: Path) -> None:
    """Unpack the packages into ``base``, an empty folder; ``work`` holds the downloads.

    Raises:
        NoBase: this is not Debian, not root, or the packages can't be fetched.
    """
    if os.geteuid() != 0:
        raise NoBase("only root may change its root folder (chroot)")
    missing = [name for name in _NEEDED if not shutil.which(name)]
    if missing or not _KEYS.exists():
        raise NoBase(f"this machine has no {', '.join(missing) or _KEYS}")
    options = _apt_options(work)
    _run(["apt-get", *options, "update", "-qq"], work)
    _run(["apt-get", *options, "download", "-qq", *_PACKAGES], work)
    for package in work.glob("*.deb"):
        _run(["dpkg-deb", "-x", str(package), str(base)], work)
    (base / "tmp").mkdir(exist_ok=True)
    (base / "tmp").chmod(0o1777)
    null = base / "dev" / "null"
    os.mknod(null, 0o20666, os.makedev(1, 3))  # a character device
    null.chmod(0o666)


def in_base(base: Path, *command: str, user: int = 0) -> tuple[str, ...]:
    """Return a command line that runs inside the base, isolated, with a separate ``/proc``."""
    # With full paths, since a function's PATH may not include them.
    unshare, chroot = (shutil.which(name) or name for name in ("unshare", "chroot"))
    enter = (unshare, f"--mount-proc={base}/proc", chroot, f"--userspec={user}:{user}")
    return (*enter, str(base), *command)


def _apt_options(work: Path) -> list[str]:
    """Return options of an apt with all its data in ``work``, and this release as only source."""
    for folder in ("lists/partial", "archives/partial"):
        (work / folder).mkdir(parents=True)
    (work / "status").touch()
    source = f"deb [signed-by={_KEYS}] {_mirror()} {RELEASE} main\n"
    (work / "sources.list").write_text(source, encoding="utf-8")
    places = {
        "Dir::State::lists": work / "lists",
        "Dir::State::status": work / "status",
        "Dir::Cache": work,
        "Dir::Etc::sourcelist": work / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Acquire::Languages": "none",
        "APT::Sandbox::User": "root",
    }
    return [part for name, value in places.items() for part in ("-o", f"{name}={value}")]


def _mirror() -> str:
    wanted = ["apt-get", "indextargets", "--format", "$(SITE)", "Origin: Debian", "Label: Debian"]
    done = subprocess.run(wanted, capture_output=True, text=True, check=False)
    if not (sites := done.stdout.split()):
        raise NoBase("apt on this machine has no Debian mirror; run `apt-get update`")
    return sites[0]


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoBase(f"{command[0]} failed: {done.stderr.strip()[-300:]}")
