"""What a backend is to the rest: a network that maps one batch to its outputs."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Tensor = NDArray[np.float32]
"""float32, batch axis first."""


class Network(Protocol):
    """A network with one input; may be called from several threads at once."""

    def __call__(self, batch: Tensor, /) -> tuple[Tensor, ...]:
        """Run one batch, (N, 3, H, W) with N >= 1, and answer the outputs in their order."""
        ...
