"""Read torch checkpoints in the old format; only arrays can be built from them.

A file has five pickles (magic number, protocol, system, the state dict, the storage keys), followed
by the storages: an int64 element count and the raw little-endian values of each
(``torch.serialization``, before the zip format of torch 1.6).
"""

from __future__ import annotations

import io
import math
import pickle
import pickletools
import struct
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from facecore.errors import ModelCorrupt

MAX_BYTES = 16 * 1024 * 1024
MAX_PICKLE_BYTES = 16 * 1024
MAX_MEMO = 65_536
_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
_OPCODE_NAMES = (
    "PROTO LONG1 BININT BININT1 BININT2 NONE NEWTRUE NEWFALSE BINUNICODE EMPTY_DICT EMPTY_LIST "
    "EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 MARK SETITEM SETITEMS APPEND APPENDS GLOBAL REDUCE "
    "BUILD BINPERSID BINPUT LONG_BINPUT BINGET LONG_BINGET STOP"
)
_OPCODES = frozenset(_OPCODE_NAMES.split())


def read_checkpoint(data: bytes) -> dict[str, NDArray[np.float32]]:
    """Return the arrays of a state dict, by parameter name, in the file's order.

    Raises:
        ModelCorrupt: the data is not such a checkpoint, is damaged or too large, or holds anything
            but arrays of float32.
    """
    if len(data) > MAX_BYTES:
        raise ModelCorrupt(f"the checkpoint has {len(data)} bytes; at most {MAX_BYTES} are read")
    try:
        return _read(io.BytesIO(data))
    except (pickle.UnpicklingError, *_DAMAGE) as error:
        raise ModelCorrupt(f"the checkpoint is damaged: {error}") from error


# Exceptions of unpickling and slicing on damaged data.
_DAMAGE = (ValueError, TypeError, KeyError, IndexError, AttributeError, EOFError, struct.error)


def _read(stream: io.BytesIO) -> dict[str, NDArray[np.float32]]:
    if _load(stream) != _MAGIC or _load(stream) != _PROTOCOL:
        raise ModelCorrupt("the file is not a torch checkpoint in the old format")
    _load(stream)  # sizes of C types on the machine that wrote it; the values are little-endian
    state = _load(stream)
    storages = {key: _storage(stream) for key in _load(stream)}
    if not isinstance(state, Mapping):
        raise ModelCorrupt("the checkpoint holds no state dict")
    return {str(name): _array(tensor, storages) for name, tensor in state.items()}


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: str
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


_FLOAT_STORAGE = object()  # stands for torch.FloatStorage; not callable, so REDUCE can't use it


def _rebuild(storage: Any, offset: Any, shape: Any, stride: Any, *_: Any) -> _Tensor:
    return _Tensor(storage, offset, shape, stride)


_ALLOWED = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild,
    ("torch", "FloatStorage"): _FLOAT_STORAGE,
}


class _ArrayUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise ModelCorrupt(f"the checkpoint asks for {module}.{name}, which is not an array")
        return _ALLOWED[module, name]

    def persistent_load(self, pid: Any) -> Any:
        kind, storage_type, key, _location, _size, view = pid
        if (kind, view) != ("storage", None) or storage_type is not _FLOAT_STORAGE:
            raise ModelCorrupt("the checkpoint holds a storage that is not plain float32")
        return key


def _load(stream: io.BytesIO) -> Any:
    """Check the opcodes of one pickle and read it.

    A single memo index can demand gigabytes, and a million nested tuples overflow the interpreter's
    stack.
    """
    start = stream.tell()
    for opcode, argument, _ in pickletools.genops(stream):
        if opcode.name not in _OPCODES:
            raise ModelCorrupt(f"the checkpoint holds the pickle opcode {opcode.name}")
        if opcode.name == "LONG_BINPUT" and int(str(argument)) > MAX_MEMO:
            raise ModelCorrupt(f"the checkpoint's memo index {argument} is above {MAX_MEMO}")
    end = stream.tell()
    if end - start > MAX_PICKLE_BYTES:
        raise ModelCorrupt(f"a pickle has {end - start} bytes; at most {MAX_PICKLE_BYTES} are read")
    return _ArrayUnpickler(io.BytesIO(stream.getbuffer()[start:end])).load()


def _storage(stream: io.BytesIO) -> NDArray[np.float32]:
    (count,) = struct.unpack("<q", stream.read(8))
    left = len(stream.getbuffer()) - stream.tell()
    if not 0 <= count * 4 <= left:
        raise ModelCorrupt(f"a storage of {count} values does not fit the {left} bytes left")
    return np.frombuffer(stream.read(count * 4), dtype="<f4")


def _array(tensor: Any, storages: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    if not isinstance(tensor, _Tensor):
        raise ModelCorrupt(f"the state dict holds a {type(tensor).__name__}, not an array")
    values = storages[tensor.storage]
    if len(tensor.shape) != len(tensor.stride) or min(tensor.shape + tensor.stride, default=1) < 1:
        raise ModelCorrupt(f"an array of shape {tensor.shape} has the strides {tensor.stride}")
    last = tensor.offset + sum(
        (n - 1) * s for n, s in zip(tensor.shape, tensor.stride, strict=True)
    )
    if tensor.offset < 0 or max(last + 1, math.prod(tensor.shape)) > values.size:
        raise ModelCorrupt(f"an array of shape {tensor.shape} lies outside its storage")
    strides = [step * values.itemsize for step in tensor.stride]
    view = as_strided(values[tensor.offset :], tensor.shape, strides, writeable=False)
    return np.ascontiguousarray(view)
