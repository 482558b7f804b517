"""Test the recognizer on torch: the same people by the same photos, or a clear error."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from facecore import samples
from facecore.errors import BackendUnavailable
from facecore.models import Backend
from recognizer.bootstrap import load_vision
from recognizer.settings import Settings
from services.recognizer.tests.service import service_on

INSTALLED = importlib.util.find_spec("facenet_pytorch") is not None


@pytest.mark.skipif(INSTALLED, reason="torch is installed here")
def test_torch_that_is_not_installed_is_named_with_what_to_do() -> None:
    with pytest.raises(BackendUnavailable, match="poetry install --extras torch"):
        load_vision(Settings(backend=Backend.TORCH))


@pytest.mark.skipif(not INSTALLED, reason="no torch here; `make test-torch` runs this")
def test_people_enrolled_with_onnx_are_known_to_torch(tmp_path: Path) -> None:
    photo, other = (samples.path(name).read_bytes() for name in ("obama", "obama3"))
    with service_on(tmp_path, load_vision(Settings(model="facenet-vggface2", threads=1))) as before:
        before.enrol("obama", photo)
        token = before.admin_token
    vision = load_vision(Settings(backend=Backend.TORCH, torch_device="cpu", threads=1))
    with service_on(tmp_path, vision, admin_token=token) as after:
        assert after.names(other) == ["obama"]
        assert after.names(samples.path("hopper").read_bytes()) == [None]


@pytest.mark.skipif(not INSTALLED, reason="no torch here; `make test-torch` runs this")
def test_a_device_that_is_not_there_is_named() -> None:
    torch = importlib.import_module("torch")
    if torch.cuda.is_available():
        pytest.skip("this machine has a CUDA device")
    with pytest.raises(BackendUnavailable, match="finds no CUDA device"):
        load_vision(Settings(backend=Backend.TORCH, torch_device="cuda"))
