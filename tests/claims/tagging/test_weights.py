"""Packed weights come back as they were rounded, and nearly so as whole numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from contested.claims.tagging.weights import (
    BLOCK,
    LARGEST,
    pack_bytes,
    pack_rows,
    read_weights,
    unpack_floats,
    unpack_map,
)


def rounded(rows: int, columns: int, seed: int) -> np.ndarray:
    """Weights of 16 steps, each block with one at the end of its range."""
    rng = np.random.default_rng(seed)
    whole = rng.integers(-7, 8, (rows // BLOCK, BLOCK, columns))
    whole[:, 0] = -8
    scales = rng.uniform(0.01, 0.2, (rows // BLOCK, 1, columns)).astype(np.float16).astype(np.float64)
    return (whole * scales).reshape(rows, columns)


@pytest.mark.parametrize("seed", range(5))
def test_rounded_weights_come_back_exactly(seed: int) -> None:
    weights = rounded(3 * BLOCK, 7, seed)
    packed, scales = pack_rows(weights)
    assert packed.nbytes == weights.size // 2
    assert np.allclose(unpack_floats(packed, scales), weights, rtol=1e-6, atol=0)


def test_whole_numbers_use_seven_bits_and_miss_by_half_a_step_at_most() -> None:
    weights = rounded(4 * BLOCK, 9, 1)
    whole, of_column = unpack_map(*pack_rows(weights))
    assert whole.dtype == np.int8
    assert np.abs(whole).max() <= LARGEST
    assert np.all(np.abs(whole * of_column - weights) <= of_column / 2 + 1e-6)


def test_maps_of_eight_bits_miss_by_half_a_step_at_most(tmp_path: Path) -> None:
    weights = np.random.default_rng(2).normal(size=(40, 6)) * [1, 10, 0.1, 1, 1, 0]
    whole, scales = pack_bytes(weights)
    np.savez(tmp_path / "weights.npz", **{"encoder/bytes/x": whole, "encoder/scales/x": scales})
    read = read_weights(tmp_path / "weights.npz")["encoder"]["x"]
    assert whole.dtype == np.int8
    assert np.all(np.abs(read - weights) <= 0.51 * scales.astype(float))


def test_a_block_of_zeros_stays_zero() -> None:
    packed, scales = pack_rows(np.zeros((BLOCK, 2)))
    assert not unpack_floats(packed, scales).any()
    assert not unpack_map(packed, scales)[0].any()


def test_the_file_is_read_without_running_code(tmp_path: Path) -> None:
    np.savez(tmp_path / "bad.npz", **{"encoder/plain/x": np.asarray([{"a": 1}], dtype=object)})
    with pytest.raises(ValueError, match="allow_pickle"):
        read_weights(tmp_path / "bad.npz")
