"""Records the names that each process looks up, and the addresses it connects or sends to.

It reads every packet of loopback, which are all packets of an isolated network.
"""

from __future__ import annotations

import ipaddress
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_ALL_PROTOCOLS, _IPV4, _IPV6, _OUTGOING = 0x0003, 0x0800, 0x86DD, 4
_TCP, _UDP, _SYN, _SYN_ACK = 6, 17, 0x02, 0x12
_DNS, _A = 53, 1
_WEB = (80, 443)
_MARKER_PORT = 9


class Seen(NamedTuple):
    """One thing that a process did.

    Attributes:
        what: ``lookup``, ``tcp`` or ``udp``.
        where: the name, or address and port.
        process: its command line, or ``a process that has ended``.
    """

    what: str
    where: str
    process: str


class Watch:
    """A recorder of network activity, from its creation until the process ends."""

    def __init__(self) -> None:
        self._seen: dict[Seen, None] = {}
        self._names: dict[str, str] = {}
        self._accepted: list[socket.socket] = []
        self._read_up_to_marker = threading.Event()
        packets = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ALL_PROTOCOLS))
        packets.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 26)
        packets.bind(("lo", 0))
        names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        names.bind(("", _DNS))
        _forever(lambda: self._note_packet(packets))
        _forever(lambda: self._answer_name(names))
        for port in _WEB:
            sink = socket.create_server(("", port), backlog=128)
            _forever(lambda sink=sink: self._accepted.append(sink.accept()[0]))  # type: ignore[misc] # mypy#15459

    def seen(self) -> list[Seen]:
        """Return all activity so far in its order, each once."""
        # Packets are read in their order, so all that came before this one are noted with it.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as marker:
            marker.sendto(b"", ("127.0.0.1", _MARKER_PORT))
        self._read_up_to_marker.wait()
        return list(self._seen)

    def _note(self, what: str, where: str, protocol: str, port: int) -> None:
        self._seen[Seen(what, where, _process_on(protocol, port))] = None

    def _note_packet(self, packets: socket.socket) -> None:
        packet, (_, kind, direction, *_) = packets.recvfrom(65535)
        if direction == _OUTGOING or kind not in {_IPV4, _IPV6}:
            return  # loopback shows each packet twice
        protocol, target, content = _ipv4(packet) if kind == _IPV4 else _ipv6(packet)
        source_port, port = struct.unpack_from("!HH", content)
        if (protocol, target, port) == (_UDP, "127.0.0.1", _MARKER_PORT):
            self._read_up_to_marker.set()
            return
        where = f"[{target}]:{port}" if ":" in target else f"{target}:{port}"
        if name := self._names.get(target):
            where = f"{where} ({name})"
        if protocol == _TCP and content[13] & _SYN_ACK == _SYN:
            self._note("tcp", where, "tcp", source_port)
        elif protocol == _UDP and source_port != _DNS and (target, port) != ("127.0.0.1", _DNS):
            self._note("udp", where, "udp", source_port)

    def _answer_name(self, names: socket.socket) -> None:
        query, client = names.recvfrom(4096)
        name, end = _queried(query)
        self._note("lookup", name, "udp", client[1])
        answer, count = b"", 0
        if query[end - 4 : end - 2] == struct.pack("!H", _A):
            answer = b"\xc0\x0c" + struct.pack("!HHIH", _A, 1, 60, 4) + self._sink(name)
            count = 1
        head = query[:2] + struct.pack("!HHHHH", 0x8180, 1, count, 0, 0)
        names.sendto(head + query[12:end] + answer, client)

    def _sink(self, name: str) -> bytes:
        """Return an address for this name alone, so that a connection shows its name."""
        known = {taken: address for address, taken in self._names.items()}
        first = int(ipaddress.ip_address("198.18.0.1"))
        address = known.get(name) or str(ipaddress.ip_address(first + len(known)))
        self._names[address] = name
        return socket.inet_aton(address)


def _forever(step: Callable[[], object]) -> None:
    def run() -> None:
        while True:
            step()

    threading.Thread(target=run, daemon=True).start()


def _ipv4(packet: bytes) -> tuple[int, str, bytes]:
    return packet[9], socket.inet_ntoa(packet[16:20]), packet[(packet[0] & 15) * 4 :]


def _ipv6(packet: bytes) -> tuple[int, str, bytes]:
    return packet[6], socket.inet_ntop(socket.AF_INET6, packet[24:40]), packet[40:]


def _queried(query: bytes) -> tuple[str, int]:
    """Return the name and the question's end. https://www.rfc-editor.org/rfc/rfc1035#section-4.1"""
    labels, at = [], 12
    while length := query[at]:
        labels.append(query[at + 1 : at + 1 + length].decode(errors="replace"))
        at += 1 + length
    return ".".join(labels), at + 5


def _process_on(protocol: str, port: int) -> str:
    """Return the command line of the process that has a socket on this local port."""
    wanted = {f"socket:[{inode}]" for inode in _sockets_on(protocol, port)}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            if any(str(entry.readlink()) in wanted for entry in (process / "fd").iterdir()):
                return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    return "a process that has ended"


def _sockets_on(protocol: str, port: int) -> list[str]:
    tables = [Path("/proc/net", protocol + version) for version in ("", "6")]
    rows = [
        row.split()
        for table in tables
        if table.exists()
        for row in table.read_text().split("\n")[1:]
    ]
    return [row[9] for row in rows if row and int(row[1].rpartition(":")[2], 16) == port]
