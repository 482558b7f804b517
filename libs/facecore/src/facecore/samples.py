"""Public-domain pictures of faces for tests and experiments.

They are fetched from pinned packages, as models are, into ``samples/`` of the cache; they are not
part of this project. All were made by employees of the United States' federal government as part of
their duties, and such works have no copyright there (17 U.S.C. § 105). The files of the four White
House photographs hold a note that says otherwise: they are for publication by news organizations or
printing by the persons shown, may not be manipulated, and may not be used in anything that suggests
an endorsement. Use them on your own machine; ask before you publish anything made from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from facecore import cache, packages
from facecore.cache import Progress, Step, silent
from facecore.errors import ModelUnknown
from facecore.packages import LINUX_WHEEL, SDIST, Package


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture of one person; no other face is visible.

    Attributes:
        name: its name in this catalogue.
        view: ``frontal``; ``turned``, a quarter to the side; or ``half``, cut by the edge.
        shows: a description.
        path: the file's path in its package.
        source: who took it.

    """

    name: str
    person: str
    view: Literal["frontal", "turned", "half"]
    shows: str
    package: Package
    path: str
    source: str

    @property
    def file(self) -> str:
        """The file's name in the cache."""
        return PurePosixPath(self.path).name


_FACE_RECOGNITION = Package(
    name="face-recognition",
    version="1.3.0",
    size=3_182_249,
    sha256="5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec",
    options=SDIST,
    files={
        f"tests/test_images/{name}": sha256
        for name, sha256 in {
            "32bit.png": "44dca895a7d635a4aedddd91a4f37af9a8a5b44e66154282a24645a757b5f627",
            "biden.jpg": "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c",
            "obama.jpg": "0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6",
            "obama2.jpg": "a7efcc907375274796f39646510704aa86672d59f6d5469d69af3c85590976a6",
            "obama3.jpg": "76ac6bf97c36dc2da0ad16a537d6a5ac1b10f48d49aac29a0cca9a17cdbc3ca3",
            "obama_partial_face.jpg": (
                "c2d1f09e7ef3042352b41e41286e6eb0522f64f88308be13886991b95db52117"
            ),
            "obama_partial_face2.jpg": (
                "9a812347f97633542b8cd9992de22def11b74f79d82056bc3ee830f13878e028"
            ),
        }.items()
    },
)

_SCIKIT_IMAGE = Package(
    name="scikit-image",
    version="0.25.2",
    size=14_785_376,
    sha256="24cc986e1f4187a12aa319f777b36008764e856e5013666a4a83f8df083c2641",
    options=LINUX_WHEEL,
    files={
        "skimage/data/astronaut.png": (
            "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5"
        )
    },
)

_MATPLOTLIB = Package(
    name="matplotlib",
    version="3.10.8",
    size=8_712_614,
    sha256="efb30e3baaea72ce5928e32bab719ab4770099079d66726a62b11b1ef7273be4",
    options=LINUX_WHEEL,
    files={
        "matplotlib/mpl-data/sample_data/grace_hopper.jpg": (
            "a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130"
        )
    },
)

_WHITE_HOUSE = "Official White House Photo by Pete Souza"
_OBAMA, _BIDEN = "Barack Obama", "Joe Biden"


def _white_house(
    name: str,
    person: str,
    view: Literal["frontal", "turned", "half"],
    shows: str,
    file: str,
) -> Sample:
    path = f"tests/test_images/{file}"
    return Sample(name, person, view, shows, _FACE_RECOGNITION, path, _WHITE_HOUSE)


SAMPLES: tuple[Sample, ...] = (
    _white_house("obama", _OBAMA, "frontal", "smiling, waist up, 2012", "obama.jpg"),
    _white_house(
        "obama2",
        _OBAMA,
        "turned",
        "speaking at a microphone, eyes aside, 2009; behind him the cut edge of a blurred head",
        "obama2.jpg",
    ),
    _white_house(
        "obama2-rgba", _OBAMA, "turned", "obama2 as a PNG with an opaque alpha channel", "32bit.png"
    ),
    _white_house(
        "obama3", _OBAMA, "frontal", "chin up, against the light, a small face, 2010", "obama3.jpg"
    ),
    _white_house(
        "obama-right-half",
        _OBAMA,
        "half",
        "obama, cut: the left edge runs through the face's left side",
        "obama_partial_face.jpg",
    ),
    _white_house(
        "obama-left-half",
        _OBAMA,
        "half",
        "obama, cut: the right edge runs through the face's right side",
        "obama_partial_face2.jpg",
    ),
    _white_house(
        "biden", _BIDEN, "frontal", "mouth closed, side light, thighs up, 2010", "biden.jpg"
    ),
    Sample(
        "collins",
        "Eileen Collins",
        "frontal",
        "smiling, in an orange space suit, a flag and a model shuttle behind",
        _SCIKIT_IMAGE,
        "skimage/data/astronaut.png",
        "NASA",
    ),
    Sample(
        "hopper",
        "Grace Hopper",
        "frontal",
        "in uniform with cap and large glasses",
        _MATPLOTLIB,
        "matplotlib/mpl-data/sample_data/grace_hopper.jpg",
        "United States Navy",
    ),
)


def find(name: str) -> Sample:
    """Look a sample up by name. Raises ``ModelUnknown``."""
    for sample in SAMPLES:
        if sample.name == name:
            return sample
    known = ", ".join(sample.name for sample in SAMPLES)
    raise ModelUnknown(f"there is no sample picture {name!r}; there are {known}")


def path(name: str, *, progress: Progress = silent) -> Path:
    """Return the picture's file; fetch it if missing. Raises a subclass of ``ModelError``."""
    sample = find(name)
    return _ensure(sample.package, progress) / sample.file


def ensure(*, progress: Progress = silent) -> dict[str, Path]:
    """Return every picture's file by the sample's name; fetch missing ones.

    Raises a subclass of ``ModelError``.
    """
    return {sample.name: path(sample.name, progress=progress) for sample in SAMPLES}


def _ensure(package: Package, progress: Progress) -> Path:
    name = f"{package.name} pictures"

    def make(made: Path, work: Path) -> None:
        def downloaded(done: int, total: int) -> None:
            progress(Step(name, "downloading", done, total))

        downloaded(0, package.size)
        for inside, content in packages.take(package, work, downloaded).items():
            (made / PurePosixPath(inside).name).write_bytes(content)

    folder = cache.Folder(
        path=cache.home() / "samples" / f"{package.name}-{package.version}",
        made_from=package.sha256,
        files=tuple(PurePosixPath(inside).name for inside in package.files),
        make=make,
    )
    path = cache.ensure(folder, lambda: progress(Step(name, "waiting")))
    progress(Step(name, "ready"))
    return path
