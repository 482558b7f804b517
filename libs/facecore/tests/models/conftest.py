"""A package index on loopback, child processes with their own cache, and models' packages."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from facecore import packages
from facecore.models import catalogue
from facecore.packages import Package


@dataclass
class Index:
    """A package index (PEP 503) on loopback. ``files`` may be changed while it serves."""

    url: str = ""
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    served: list[str] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        """Return the environment in which pip knows this index and no other."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
        return {
            **kept,
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": f"{self.url}/simple",
            "PIP_RETRIES": "0",
            "NO_PROXY": "127.0.0.1",
        }

    def answer(self, path: str) -> bytes | None:
        match path.strip("/").split("/"):
            case ["simple", project] if project in self.files:
                names = self.files[project]
                links = (f'<a href="/file/{project}/{name}">{name}</a>' for name in names)
                return f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>".encode()
            case ["file", project, name]:
                self.served.append(name)
                return self.files[project][name]
            case _:
                return None


@pytest.fixture
def index() -> Iterator[Index]:
    served = Index()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = served.answer(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield served
        server.shutdown()
        thread.join()


@dataclass(frozen=True)
class Child:
    """Starts Python as a child process with its own cache and index."""

    environment: Mapping[str, str]
    home: Path

    def start(self, code: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            env={**self.environment, "FACECORE_HOME": str(self.home), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, code: str, *arguments: str, **environment: str) -> Finished:
        process = self.start(code, *arguments, **environment)
        out, err = process.communicate(timeout=300)
        return Finished(process.returncode, out, err)

    def facecore(self, *arguments: str, **environment: str) -> Finished:
        return self.run("from facecore.cli import app; app()", *arguments, **environment)

    def leftovers(self) -> list[Path]:
        return list(self.home.rglob("*.tmp-*"))


@dataclass(frozen=True)
class Finished:
    code: int
    out: str
    err: str


@pytest.fixture
def child(index: Index, tmp_path: Path) -> Child:
    return Child(index.environment(), tmp_path / "home")


Kept = Callable[[Package, str], Path]


@pytest.fixture(scope="session")
def kept(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Return a function for a file of a package, fetched once and kept in pytest's cache."""
    assert pytestconfig.cache is not None

    folder = pytestconfig.cache.mkdir("facecore")

    def get(package: Package, path: str) -> Path:
        place = folder / f"{package.files[path]}{Path(path).suffix}"
        if not place.exists():
            work = tmp_path_factory.mktemp("work")
            contents = packages.take(package, work, lambda done, total: None)
            arriving = work / "arriving"
            arriving.write_bytes(contents[path])
            arriving.replace(place)
        return place

    return get


MTCNN_WHEEL = "facenet_pytorch-2.5.3-py3-none-any.whl"


@pytest.fixture(scope="session")
def mtcnn_wheel(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the real package of MTCNN's weights, fetched once and kept in pytest's cache."""
    assert pytestconfig.cache is not None
    place = pytestconfig.cache.mkdir("facecore") / MTCNN_WHEEL
    if not place.exists():
        package = catalogue.MTCNN.package
        work = tmp_path_factory.mktemp("wheel")
        packages.take(package, work, lambda done, total: None)
        (work / "archive" / MTCNN_WHEEL).replace(place)
    return place.read_bytes()


@pytest.fixture
def mtcnn_index(index: Index, mtcnn_wheel: bytes) -> Index:
    """Return the index with the real package of MTCNN."""
    index.files = {"facenet-pytorch": {MTCNN_WHEEL: mtcnn_wheel}}
    return index
