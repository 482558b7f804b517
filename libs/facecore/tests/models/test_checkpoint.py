"""The reader of torch checkpoints builds only arrays, whatever the bytes are."""

from __future__ import annotations

import io
import os
import pickle
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecore.errors import ModelCorrupt
from facecore.models.conversion.checkpoint import MAX_BYTES, read_checkpoint

HEAD = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2) + pickle.dumps({}, 2)


def tensor(
    shape: str = "(I2\nI2\nt", stride: str = "(I2\nI1\nt", kind: str = "FloatStorage"
) -> bytes:
    """Return a state dict as pickle opcodes: {'w': tensor on storage '0'}."""
    text = (
        "ccollections\nOrderedDict\n(tR(Vw\nctorch._utils\n_rebuild_tensor_v2\n"
        f"((Vstorage\nctorch\n{kind}\nV0\nVcpu\nI4\nNtQI0\n{shape}{stride}I00\nNtRu."
    )
    return _binary(text)


def _binary(text: str) -> bytes:
    """Rewrite the text opcodes, which the reader does not take, as their binary twins."""
    out = io.BytesIO()
    lines = io.StringIO(text)
    while opcode := lines.read(1):
        match opcode:
            case "I":
                out.write(b"J" + struct.pack("<i", int(lines.readline())))
            case "V":
                word = lines.readline().strip().encode()
                out.write(b"X" + struct.pack("<I", len(word)) + word)
            case "c":
                out.write(b"c" + lines.readline().encode() + lines.readline().encode())
            case _:
                out.write(opcode.encode())
    return b"\x80\x02" + out.getvalue()


def checkpoint(state: bytes, count: int = 4) -> bytes:
    values = np.arange(4, dtype="<f4").tobytes()
    return HEAD + state + pickle.dumps(["0"], 2) + struct.pack("<q", count) + values


def test_reads_shape_order_and_values() -> None:
    read = read_checkpoint(checkpoint(tensor()))
    assert list(read) == ["w"]
    np.testing.assert_array_equal(read["w"], [[0, 1], [2, 3]])
    assert read["w"].dtype == np.float32


def test_follows_strides() -> None:
    read = read_checkpoint(checkpoint(tensor(stride="(I1\nI2\nt")))
    np.testing.assert_array_equal(read["w"], [[0, 2], [1, 3]])


class Runs:
    """An object that touches a file when an ordinary reader unpickles it."""

    def __init__(self, command: Callable[..., Any], *arguments: object) -> None:
        self.call = command, arguments

    def __reduce__(self) -> Any:
        return self.call


def test_runs_nothing(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    state = pickle.dumps(OrderedDict(w=Runs(os.system, f"touch {marker}")), 2)
    pickle.loads(state)
    assert marker.exists(), "the attack itself works"
    marker.unlink()
    with pytest.raises(ModelCorrupt, match=r"posix\.system"):
        read_checkpoint(checkpoint(state))
    assert not marker.exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            checkpoint(pickle.dumps(OrderedDict(w=Runs(getattr, 1, "real")), 2)),
            "__builtin__.getattr",
        ),
        (checkpoint(tensor(kind="IntStorage")), "torch.IntStorage"),
        (checkpoint(tensor(shape="(I3\nI2\nt")), "outside its storage"),
        (checkpoint(tensor(stride="(I0\nI0\nt")), "strides"),
        (checkpoint(tensor(stride="(I9\nI1\nt")), "outside its storage"),
        (checkpoint(tensor(), count=1 << 40), "does not fit"),
        (checkpoint(tensor(), count=-1), "does not fit"),
        (checkpoint(pickle.dumps({"w": "text"}, 2)), "holds a str, not an array"),
        (checkpoint(pickle.dumps([1], 2)), "no state dict"),
        (checkpoint(b"\x80\x02}r\xff\xff\xff\x7f."), "memo index"),
        (checkpoint(b"\x80\x02\x8d\xff\xff\xff\xff\xff\xff\xff\x7f."), "damaged"),
        (checkpoint(b"\x80\x02})" + b"\x85" * 1_000_000 + b"Ns."), "a pickle has"),
        (checkpoint(tensor())[:-1], "does not fit"),
        (pickle.dumps(1, 2) * 3, "old format"),
        (b"", "damaged"),
        (bytes(MAX_BYTES + 1), "at most"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refuses_what_is_not_arrays(data: bytes, words: str) -> None:
    with pytest.raises(ModelCorrupt, match=words):
        read_checkpoint(data)


def test_refuses_the_newer_zip_format() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("archive/data.pkl", b"")
    with pytest.raises(ModelCorrupt):
        read_checkpoint(archive.getvalue())


@pytest.fixture(scope="module")
def pnet(mtcnn_wheel: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(mtcnn_wheel)) as wheel:
        return wheel.read("facenet_pytorch/data/pnet.pt")


def test_reads_the_real_one(pnet: bytes) -> None:
    read = read_checkpoint(pnet)
    assert {name: array.shape for name, array in read.items()} == {
        "conv1.weight": (10, 3, 3, 3),
        "conv1.bias": (10,),
        "prelu1.weight": (10,),
        "conv2.weight": (16, 10, 3, 3),
        "conv2.bias": (16,),
        "prelu2.weight": (16,),
        "conv3.weight": (32, 16, 3, 3),
        "conv3.bias": (32,),
        "prelu3.weight": (32,),
        "conv4_1.weight": (2, 32, 1, 1),
        "conv4_1.bias": (2,),
        "conv4_2.weight": (4, 32, 1, 1),
        "conv4_2.bias": (4,),
    }


places = st.integers(0, 2200)  # the pickles, not the values


@given(
    cut=st.integers(0, 40_000), changes=st.lists(st.tuples(places, st.integers(0, 255)), max_size=4)
)
def test_damage_is_a_model_error_or_harmless(
    pnet: bytes, cut: int, changes: list[tuple[int, int]]
) -> None:
    damaged = bytearray(pnet[:cut])
    for place, value in changes:
        if place < len(damaged):
            damaged[place] = value
    try:
        read = read_checkpoint(bytes(damaged))
    except ModelCorrupt:
        return
    assert all(array.dtype == np.float32 for array in read.values())
