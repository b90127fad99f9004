"""Reads arrays from torch's first file format (before 1.6) without torch, building nothing else.

The format is four pickles (a magic number, a version, the writer's word sizes, the tensors) and a fifth with the names
of the storages, whose values follow. A pickle can call any function; here three names are known and all else refused.
"""

from __future__ import annotations

import io
import pickle
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from transcription.errors import ModelMissing

Arrays = dict[str, npt.NDArray[np.float32]]
MAGIC: Final = 0x1950A86A20F9469CFC6C


def _tensor(storage: str, offset: int, shape: tuple[int, ...], stride: tuple[int, ...], *_: Any) -> tuple[Any, ...]:
    return storage, offset, shape, stride


_KNOWN: Final[dict[tuple[str, str], Callable[..., Any] | str]] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch", "FloatStorage"): "float",
}


_DAMAGED: Final = (
    pickle.UnpicklingError,
    EOFError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    OverflowError,
    MemoryError,
)


class _Reader(pickle.Unpickler):
    """An unpickler that knows tensors of floats and nothing else."""

    def find_class(self, module: str, name: str, /) -> Any:
        """Return what stands for a name. Raises ModelMissing for all but three."""
        if (module, name) not in _KNOWN:
            raise ModelMissing("The voice model's file holds something that is no array.")
        return _KNOWN[module, name]

    def persistent_load(self, pid: Any, /) -> str:
        """Return the name of a storage."""
        return str(pid[2])


def arrays_of(raw: bytes, part: str) -> Arrays:
    """Return the arrays of the file's `part` by name. Raises ModelMissing when it is not in the form expected."""
    stream = io.BytesIO(raw)
    try:
        magic, _, _, document, names = (_Reader(stream).load() for _ in range(5))
        if magic != MAGIC:
            raise ModelMissing("The voice model's file is not in the form expected.")
        storages = {str(name): _storage(stream) for name in names}
        return {str(name): _array(storages, *tensor) for name, tensor in document[part].items()}
    except _DAMAGED as error:
        raise ModelMissing("The voice model's file is not in the form expected.") from error


def _storage(stream: io.BytesIO) -> npt.NDArray[np.float32]:
    count = int.from_bytes(stream.read(8), "little")
    return np.frombuffer(stream.read(4 * count), "<f4", count)


def _array(
    storages: Arrays, storage: str, offset: int, shape: tuple[int, ...], stride: tuple[int, ...]
) -> npt.NDArray[np.float32]:
    found: npt.NDArray[np.float32] = storages[storage][offset : offset + int(np.prod(shape))].reshape(shape)
    if len(shape) > 1 and stride[-1] != 1:
        raise ValueError("a transposed tensor")
    return found
