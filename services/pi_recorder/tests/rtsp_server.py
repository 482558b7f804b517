"""A small RTSP server on loopback: plays H.264 over TCP to every client, with simple faults.

RFC 2326 for the dialogue and interleaving, RFC 6184 for the packets: a NAL unit in each, which TCP
allows to be long.
"""

from __future__ import annotations

import base64
import socketserver
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress

from pi_recorder.capture.cameras.base import EncodedUnit, nal_units

PASSWORD = "secret-of-the-camera"
_CLOCK = 90_000
_SDP = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=test\r\nt=0 0\r\n"
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
    "a=fmtp:96 packetization-mode=1{sets}\r\na=control:track\r\n"
)


class RtspServer(socketserver.ThreadingTCPServer):
    """Plays the units of one round, an interval apart, to each client.

    Args:
        sets_in_band: repeat the parameter sets in the stream, not only in the description.
    """

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(
        self, units: Sequence[EncodedUnit], interval_s: float, *, sets_in_band: bool = True
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.units = units
        self.interval_s = interval_s
        self.sets_in_band = sets_in_band
        self.sessions = 0
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"rtsp://admin:{PASSWORD}@127.0.0.1:{self.server_address[1]}/live?key={PASSWORD}"

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class _Session(socketserver.StreamRequestHandler):
    server: RtspServer

    def handle(self) -> None:
        for method, sequence in self._requests():
            head = f"RTSP/1.0 200 OK\r\nCSeq: {sequence}\r\nSession: 1\r\n"
            body = ""
            if method == "OPTIONS":
                head += "Public: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
            elif method == "DESCRIBE":
                body = _SDP.format(sets=self._sets())
                head += f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
            elif method == "SETUP":
                head += "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
            self.wfile.write(f"{head}\r\n{body}".encode())
            if method == "PLAY":
                self.server.sessions += 1
                with suppress(ConnectionError):  # the camera's reader has left
                    self._play()
                return

    def _requests(self) -> Iterator[tuple[str, str]]:
        while line := self.rfile.readline().decode().strip():
            headers = {}
            while header := self.rfile.readline().decode().strip():
                name, _, value = header.partition(":")
                headers[name.lower()] = value.strip()
            yield line.split()[0], headers.get("cseq", "0")

    def _sets(self) -> str:
        kinds = {unit[0] & 31: unit for unit in nal_units(self.server.units[0].data)}
        sets = ",".join(base64.b64encode(kinds[kind]).decode() for kind in (7, 8))
        return f";sprop-parameter-sets={sets}"

    def _play(self) -> None:
        sequence = 0
        for number, unit in enumerate(self.server.units):
            stamp = round(number * self.server.interval_s * _CLOCK)
            units = [u for u in nal_units(unit.data) if self._sent(u)]
            for nal in units:
                marker = 0x80 if nal is units[-1] else 0
                head = struct.pack(">BBHII", 0x80, marker | 96, sequence & 0xFFFF, stamp, 1)
                packet = head + nal
                self.wfile.write(b"$\x00" + struct.pack(">H", len(packet)) + packet)
                sequence += 1
            time.sleep(self.server.interval_s)

    def _sent(self, unit: bytes) -> bool:
        return self.server.sets_in_band or unit[0] & 31 not in (7, 8)
