"""Every name, method and keyword of picamera2 that is used is in the real package's source.

The package is fetched from the index as an archive, pinned by its checksum, and only read. Each
name that `picam.py` uses of picamera2 is looked up there, and so is each name that the stand-in
offers, against which the other tests run `picam.py`.
"""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from types import FunctionType

import pytest

from facecore.packages import Package, take
from pi_recorder.capture.cameras import picam
from services.pi_recorder.tests import picamera2_stand_in as stand_in

FILES = {
    "picamera2/__init__.py": ("e57ba09494dbe3c892f51af384fa521fcae8e0324ca6d8efd00e2dbf886f7490"),
    "picamera2/picamera2.py": ("9f7af5356647a704cfecd09e94bae5573b0c5bf811511e6af3c375c19bd2c10e"),
    "picamera2/request.py": ("fde411e110f989a7cf025e03c07047b10280ea2fe4b1d356af2556a3d05ef46a"),
    "picamera2/encoders/__init__.py": (
        "88829dbb386b38a514d482b333baa9f537a7e27cf362a1038d394eb64cb00a85"
    ),
    "picamera2/encoders/encoder.py": (
        "b1e8b0e6c06c5a1883c7762d6ceba0e801a7a42699df47bd0eab9f90af91a8bb"
    ),
    "picamera2/encoders/h264_encoder.py": (
        "6a02cb08e5d9cd7780ea03c341b4ade455a5b283452bd01f9cc9eb2a8c73e10b"
    ),
    "picamera2/encoders/libav_h264_encoder.py": (
        "fc2e7f792b931d9d730354270b8863fc1f1fa67a796aeed84403851c1cd197f3"
    ),
    "picamera2/encoders/v4l2_encoder.py": (
        "6391da29fba1d1098b76f3786a27983186186445eb76dbfea382b119b7a9954f"
    ),
    "picamera2/outputs/__init__.py": (
        "b3d1fe4a6706609314ce0217ffac9fbc5ab2e1f7988451d8b0926957f6fa95d6"
    ),
    "picamera2/outputs/output.py": (
        "f60363d70cc4114385051a516c73bb5e5a3008c7f6e4842b213046bda14339b1"
    ),
}
PICAMERA2 = Package(
    "picamera2",
    "0.3.38",
    140_508,
    "ecf34dfb6c987d2c0948debeb3762a27755d5befc674fe210c3fd2ad8e3cd6cc",
    FILES,
)
SPOKEN_TO = {
    "camera": ["Picamera2"],
    "encoder": ["H264Encoder", "LibavH264Encoder"],
    "request": ["CompletedRequest"],
    "picamera2": ["picamera2/__init__.py"],
    "encoders": ["picamera2/encoders/__init__.py"],
    "outputs": ["picamera2/outputs/__init__.py"],
}
"""Variables of `picam.py`, and the real classes and modules that they stand for."""


class Source:
    """The real package: its classes with their members, and what its modules offer."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._classes: dict[str, ast.ClassDef] = {}
        self._offered: dict[str, set[str]] = {}
        for path, content in files.items():
            tree = ast.parse(content)
            self._classes |= {n.name: n for n in ast.walk(tree) if isinstance(n, ast.ClassDef)}
            imports = (n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom))
            self._offered[path] = {name.asname or name.name for n in imports for name in n.names}

    def members(self, owner: str) -> set[str]:
        """Return methods and attributes set on ``self``, inherited ones too."""
        if owner in self._offered:
            return self._offered[owner]
        found = self._classes[owner]
        names = {n.name for n in ast.walk(found) if isinstance(n, ast.FunctionDef)}
        for node in ast.walk(found):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                names.add(node.attr)
        bases = [base.id for base in found.bases if isinstance(base, ast.Name)]
        return names.union(*(self.members(base) for base in bases if base in self._classes))

    def parameters(self, owner: str, method: str) -> list[str]:
        """Return the parameters in order, without ``self``."""
        if owner in self._offered:
            owner, method = method, "__init__"
        found = self._classes[owner]
        for node in found.body:
            if isinstance(node, ast.FunctionDef) and node.name == method:
                return [argument.arg for argument in node.args.args[1:]]
        [base] = [base.id for base in found.bases if isinstance(base, ast.Name)]
        return self.parameters(base, method)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return Source(take(PICAMERA2, tmp_path_factory.mktemp("picamera2"), lambda *_: None))


def uses() -> list[tuple[str, str, ast.Call | None]]:
    """Yield each use in `picam.py`: the object, the name, and the call if it is one."""
    tree = ast.parse(Path(inspect.getfile(picam)).read_text())
    calls = {id(n.func): n for n in ast.walk(tree) if isinstance(n, ast.Call)}
    return [
        (node.value.id, node.attr, calls.get(id(node)))
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in SPOKEN_TO
    ]


def test_every_name_that_picam_uses_exists(source: Source) -> None:
    used = uses()
    assert {variable for variable, _, _ in used} == SPOKEN_TO.keys()
    for variable, name, call in used:
        for owner in SPOKEN_TO[variable]:
            assert name in source.members(owner), f"{owner} has no {name}"
            if call:
                parameters = source.parameters(owner, name)
                assert len(call.args) <= len(parameters), f"{owner}.{name} takes fewer"
                missing = {keyword.arg for keyword in call.keywords} - set(parameters)
                assert not missing, f"{owner}.{name} has no {missing}"


def test_both_encoders_take_the_same_keywords(source: Source) -> None:
    """H264Encoder is the one or the other, by the Pi."""
    hardware = source.parameters("H264Encoder", "__init__")
    assert source.parameters("LibavH264Encoder", "__init__")[:4] == hardware[:4]


@pytest.mark.parametrize("kind", ["Output", "H264Encoder", "CompletedRequest", "Picamera2"])
def test_the_stand_in_offers_nothing_that_the_real_one_has_not(source: Source, kind: str) -> None:
    for name, member in vars(getattr(stand_in, kind)).items():
        if not isinstance(member, FunctionType) or (name[0] == "_" and name[1] != "_"):
            continue
        if kind == "CompletedRequest" and name == "__init__":
            continue  # only picamera2 makes one
        assert name in source.members(kind), f"{kind} has no {name}"
        offered = list(inspect.signature(member).parameters)[1:]
        real = source.parameters(kind, name)
        assert [parameter for parameter in real if parameter in offered] == offered
