"""Runs recognizer, recorder and function, and prints all their activity as JSON.

It runs in namespaces of its own: ``unshare --net --mount python -m tests.network.story``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from facecore import samples
from recognizer.use_cases.authentication import hash_token
from tests.network import namespace, programs
from tests.network.watch import Watch
from tests.support import moto
from tests.support.http_api import http_response
from tests.support.lambda_events import JPEG, event
from tests.support.local_lambda import LocalLambda

_TOKEN = "fra_of-this-test"
_XRAY_DAEMON = "udp 127.0.0.1:2000"  # where the stand-in for Lambda says that it is
_FPS = 10


def main() -> None:
    """Print names, look-ups, connections and written files."""
    namespace.close_in()
    programs.DATA.mkdir()
    watch = Watch()
    with programs.started("recognizer", "serve") as server:
        assert server.stderr is not None
        while "runs at" not in (line := server.stderr.readline()):
            assert line, "the recognizer ended"
        recorded = _recorder()
        named, configured = _function()
    report = {
        "recorded": recorded,
        "named": named,
        "configured": ["tcp 127.0.0.1:8000", *configured],
        "seen": [entry._asdict() for entry in watch.seen()],
        "written": programs.written_aside(),
    }
    json.dump(report, sys.stdout)


def _recorder() -> str:
    photo = str(samples.ensure()["obama"])
    programs.run(
        "people", "recognizer", "people", "add", "obama", "--name", "Barack Obama", "--photo", photo
    )
    added = programs.run("devices", "recognizer", "devices", "add", "door")
    settings = dict(line.split("=", 1) for line in added.split())
    _film(programs.DATA / "clip.mp4")
    clip = str(programs.DATA / "clip.mp4")
    return programs.run("pi-recorder", "pi-recorder", "run", "--camera", clip, **settings)


def _film(clip: Path) -> None:
    """Record two seconds of one face."""
    picture = Image.open(samples.ensure()["obama2"]).convert("RGB").resize((480, 640))
    with av.open(clip, "w") as container:
        stream = container.add_stream("libx264", rate=_FPS)
        stream.width, stream.height, stream.pix_fmt = *picture.size, "yuv420p"
        for _ in range(2 * _FPS):
            frame = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def _function() -> tuple[list[str], list[str]]:
    """Return who was named, and the addresses that the function is configured with."""
    stores = moto.running()
    stores.renew()
    settings = {
        **stores.environment(),
        "RECOGNIZER_STORE": "aws",
        "RECOGNIZER_ADMIN_TOKEN_SHA256": hash_token(_TOKEN),
    }
    pictures = {name: path.read_bytes() for name, path in samples.ensure().items()}
    with LocalLambda(programs.environment("function", **settings)) as function:
        person = json.dumps({"name": "Barack Obama"}).encode()

        def request(method: str, path: str, body: bytes, kind: str = JPEG) -> Any:
            answer = http_response(function.invoke(event(method, path, _TOKEN, body, kind)))
            assert answer.is_success, answer.text
            return answer.json()

        request("PUT", "/v1/people/obama", person, "application/json")
        request("POST", "/v1/people/obama/photos", pictures["obama"])
        answer = request("POST", "/v1/recognitions", pictures["obama2"])
        named = [face["person"]["name"] for face in answer["faces"] if face["person"]]
        addresses = (stores.url.removeprefix("http://"), function.runtime_address)
        return named, [*(f"tcp {address}" for address in addresses), _XRAY_DAEMON]


if __name__ == "__main__":
    main()
