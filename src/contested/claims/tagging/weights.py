"""The file of weights: packed on disk, unpacked into what the runtime multiplies.

In: ``reader.npz``. Out: for each part of the network its arrays by name. Refuses: a file that numpy cannot read without
running code.

Four kinds of arrays stand in it, named ``part/kind/name``. ``maps``: weights of linear maps in four bits, two
to a byte, with one scale for 64 weights of one output; they are unpacked to eight-bit whole numbers with one scale an
output, since processors multiply those three times as fast. Seven of the eight bits are used: more would overflow
on processors without the instruction for it, and results would differ between machines. ``tables``: tables of
vectors in four bits, unpacked to floats. ``bytes``: maps of the heads and adapters in eight bits with one scale an
output, unpacked to floats. ``plain``: half floats, unpacked to floats.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

#: Weights that share a scale.
BLOCK = 64
#: Largest whole number of an unpacked weight.
LARGEST = 63


def pack_rows(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights [rows, columns] in four bits: bytes [rows / 2, columns] and scales [rows / 64, columns].

    The scale of a block is its weight of greatest size over −8, so weights that were rounded so come back as they were.
    """
    rows, columns = weights.shape
    blocks = weights.astype(np.float64).reshape(rows // BLOCK, BLOCK, columns)
    at = np.abs(blocks).argmax(1)[:, None, :]
    scales = (np.take_along_axis(blocks, at, 1)[:, 0, :] / -8).astype(np.float16)
    divisors = np.where(scales == 0, 1, scales).astype(np.float64)[:, None, :]
    whole = np.clip(np.rint(blocks / divisors), -8, 7).astype(np.int8).reshape(rows, columns) + 8
    return (whole[0::2] | (whole[1::2] << 4)).astype(np.uint8), scales


def pack_bytes(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights [rows, columns] in eight bits, and scales [columns]."""
    scales = np.maximum(np.abs(weights).max(0) / 127, 1e-7).astype(np.float16)
    whole = np.clip(np.rint(weights / scales.astype(np.float32)), -127, 127)
    return np.ascontiguousarray(whole, dtype=np.int8), scales


def _unpack(packed: np.ndarray) -> np.ndarray:
    """Whole numbers from −8 to 7, [rows, columns]."""
    whole = np.empty((2 * packed.shape[0], packed.shape[1]), dtype=np.int8)
    whole[0::2] = packed & 15
    whole[1::2] = packed >> 4
    whole -= 8
    return whole


def unpack_map(packed: np.ndarray, scales: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eight-bit weights [rows, columns] and their scales [columns]."""
    wide = scales.astype(np.float32)
    of_column = np.maximum(np.abs(wide).max(0) * (8 / LARGEST), 1e-12)
    ratios = wide / of_column
    whole = _unpack(packed)
    unpacked = np.empty_like(whole)
    for block in range(len(scales)):
        part = slice(block * BLOCK, (block + 1) * BLOCK)
        unpacked[part] = np.rint(whole[part] * ratios[block])
    return unpacked, of_column


def unpack_floats(packed: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """The weights as floats, [rows, columns]."""
    whole = _unpack(packed).reshape(len(scales), BLOCK, packed.shape[1])
    return (whole * scales.astype(np.float32)[:, None, :]).reshape(-1, packed.shape[1])


def read_weights(path: Path) -> dict[str, dict[str, np.ndarray]]:
    """All arrays, unpacked, by part and under the names that its graph uses."""
    found: dict[str, dict[str, np.ndarray]] = {}
    with np.load(path, allow_pickle=False) as file:
        for key in file.files:
            part, kind, name = key.split("/", 2)
            own = found.setdefault(part, {})
            if kind == "plain":
                own[name] = file[key].astype(np.float32)
            elif kind == "bytes":
                own[name] = file[key] * file[f"{part}/scales/{name}"].astype(np.float32)
            elif kind == "maps":
                own[f"{name}_quantized"], own[f"{name}_scale"] = unpack_map(file[key], file[f"{part}/scales/{name}"])
            elif kind == "tables":
                # Packed turned, so that a block lies within one vector.
                own[name] = np.ascontiguousarray(unpack_floats(file[key], file[f"{part}/scales/{name}"]).T)
    return found
