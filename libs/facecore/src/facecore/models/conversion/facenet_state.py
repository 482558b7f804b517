"""Convert the weights of InceptionResnetV1 to the state dict of facenet-pytorch 2.5.3.

In the frozen graph each normalisation is folded into its convolution: the weights are scaled, and
an offset is left. facenet-pytorch normalises after every convolution. A normalisation that only
adds the offset gives the same result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from facecore.errors import ModelCorrupt
from facecore.models.conversion.graphdef import Node, read_graph

State = dict[str, NDArray[np.float32]]

_ROOT: Final = "InceptionResnetV1/"
_EPSILON: Final = 1e-3
"""The constant that facenet-pytorch adds to every variance."""
_REPEATED: Final = {
    "Repeat/block35": "repeat_1",
    "Repeat_1/block17": "repeat_2",
    "Repeat_2/block8": "repeat_3",
}


def write_state(data: bytes, file: Path) -> None:
    """Write the state dict as a NumPy archive. Raises ``ModelCorrupt`` and ``OSError``."""
    np.savez(file, allow_pickle=False, **read_state(data))


def read_state(data: bytes) -> State:
    """Return the state dict of a frozen graph.

    Raises:
        ModelCorrupt: the bytes are not such a graph.
    """
    nodes = read_graph(data)
    try:
        return _state(nodes)
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        raise ModelCorrupt(f"the frozen graph is not InceptionResnetV1: {error!r}") from error


def _state(nodes: Sequence[Node]) -> State:
    constants = {n.name: n.value.astype(np.float32) for n in nodes if n.value is not None}
    offsets = {n.inputs[0]: constants[n.inputs[1]] for n in nodes if n.op == "BiasAdd"}
    convolutions = {
        n.name.removeprefix(_ROOT).removesuffix("/Conv2D"): n for n in nodes if n.op == "Conv2D"
    }
    state = _last(nodes, constants)
    for scope, module in _modules(sorted(convolutions)):
        node = convolutions[scope]
        weight, offset = constants[node.inputs[1]].transpose(3, 2, 0, 1), offsets[node.name]
        if module.endswith(".conv2d"):  # the last of a block, without a normalisation
            state |= {f"{module}.weight": weight, f"{module}.bias": offset}
        else:
            state[f"{module}.conv.weight"] = weight
            state |= _adding(f"{module}.bn", offset)
    return {name: np.ascontiguousarray(values) for name, values in state.items()}


def _adding(module: str, offset: NDArray[np.float32]) -> State:
    """Return a normalisation that only adds the offset."""
    ones = np.ones_like(offset)
    return {
        f"{module}.weight": ones,
        f"{module}.bias": offset,
        f"{module}.running_mean": np.zeros_like(offset),
        f"{module}.running_var": ones - np.float32(_EPSILON),
    }


def _last(nodes: Sequence[Node], constants: Mapping[str, NDArray[np.float32]]) -> State:
    """Return the last matrix product and the only normalisation that is not folded."""
    (product,) = [node for node in nodes if node.op == "MatMul"]
    (normalisation,) = [node for node in nodes if node.op == "FusedBatchNorm"]
    gamma, beta, mean, variance = (constants[name] for name in normalisation.inputs[1:])
    return {
        "last_linear.weight": constants[product.inputs[1]].T,
        "last_bn.weight": gamma,
        "last_bn.bias": beta,
        "last_bn.running_mean": mean,
        "last_bn.running_var": variance + np.float32(normalisation.epsilon - _EPSILON),
    }


def _modules(scopes: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each convolution's scope and its module in facenet-pytorch; ``scopes`` are sorted."""
    for folder, group in groupby(scopes, lambda scope: scope.rpartition("/")[0]):
        members = list(group)
        for index, scope in enumerate(members):
            name = scope.rpartition("/")[2]
            if branch := re.fullmatch(r"(.+)/Branch_(\d)", folder):
                number = f".{index}" if len(members) > 1 else ""
                yield scope, f"{_block(branch[1])}.branch{branch[2]}{number}"
            elif folder:
                yield scope, f"{_block(folder)}.conv2d"
            else:
                yield scope, name.lower().rpartition("_")[0]  # Conv2d_1a_3x3


def _block(scope: str) -> str:
    block, _, number = scope.rpartition("_")
    if block in _REPEATED:
        return f"{_REPEATED[block]}.{int(number) - 1}"
    return scope.lower()  # Mixed_6a, Mixed_7a, Block8
