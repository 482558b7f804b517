"""A network without a way out: every address is this machine's own, and every name leads to a sink.

It needs Linux and either root or user namespaces. The programs inside see an ordinary network:
names are resolved, and connections to port 80 and 443 are accepted. Nothing leaves the namespace.
"""

from __future__ import annotations

import fcntl
import shutil
import socket
import struct
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from facecore import cache

WORK = Path("/mnt")
"""A folder in memory, which nobody outside the namespace sees."""
_OPTIONS = (("--net", "--mount"), ("--map-root-user", "--net", "--mount"))
"""For root, and for other users where the kernel lets users make namespaces."""
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1
_REQUEST, _ACK, _EXCL, _CREATE = 0x1, 0x4, 0x200, 0x400
_RTM_NEWROUTE, _RTA_OIF, _ERROR = 24, 4, 2
_TABLE_LOCAL, _BOOT, _SCOPE_HOST, _LOCAL = 255, 3, 254, 2
"""From linux/rtnetlink.h. A local route makes each address of its range one of this machine's."""


@lru_cache
def entrance() -> tuple[str, ...] | None:
    """Return the command that runs another one in new namespaces; None if not allowed."""
    if shutil.which("unshare") is None or shutil.which("mount") is None:
        return None
    for options in _OPTIONS:
        command = ("unshare", *options)
        mount = (*command, "mount", "-t", "tmpfs", "none", str(WORK))
        if subprocess.run(mount, capture_output=True, check=False).returncode == 0:
            return command
    return None


def close_in() -> None:
    """Turn the namespaces that this process is in into a network without a way out.

    ``WORK`` is an empty folder afterwards, and so are those of ``shared_folders``.
    """
    for folder in (WORK, *shared_folders()):
        subprocess.run(["mount", "-t", "tmpfs", "none", folder], check=True)
    _loopback_up()
    for family in (socket.AF_INET, socket.AF_INET6):
        _every_address_is_local(family)
    _resolve_names_by_dns()


def shared_folders() -> list[Path]:
    """Return the folders that programs write to by default, except those the test needs."""
    needed = (Path(__file__), Path(sys.prefix), Path(sys.base_prefix), cache.home())
    folders = (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"))
    return [
        folder
        for folder in folders
        if folder.is_dir() and not any(place.is_relative_to(folder) for place in needed)
    ]


def _loopback_up() -> None:
    with socket.socket() as any_socket:
        request = struct.pack("16sH14x", b"lo", 0)
        answer = fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request)
        flags = struct.unpack("16sH14x", answer)[1] | _IFF_UP
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags))


def _every_address_is_local(family: socket.AddressFamily) -> None:
    """Do what `ip route add local default dev lo` does."""
    route = struct.pack(
        "=8BI", family, 0, 0, 0, _TABLE_LOCAL, _BOOT, _SCOPE_HOST, _LOCAL, 0
    ) + struct.pack("=HHI", 8, _RTA_OIF, socket.if_nametoindex("lo"))
    flags = _REQUEST | _ACK | _EXCL | _CREATE
    head = struct.pack("=IHHII", 16 + len(route), _RTM_NEWROUTE, flags, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        kernel.send(head + route)
        _, kind, _, _, _, error = struct.unpack("=IHHIIi", kernel.recv(4096)[:20])
    # A kernel without IPv6 has no way out by it either.
    if kind == _ERROR and error and family == socket.AF_INET:
        raise OSError(-error, "the kernel refuses a local route")


def _resolve_names_by_dns() -> None:
    """Resolve names by DNS at 127.0.0.1, not by a service behind a socket file."""
    settings = {
        "/etc/resolv.conf": "nameserver 127.0.0.1\n",
        "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
    }
    for place, text in settings.items():
        if Path(place).exists():
            own = WORK / Path(place).name
            own.write_text(text)
            subprocess.run(["mount", "--bind", own, place], check=True)
