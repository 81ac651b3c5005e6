"""The encoder and its heads, as they ship: word pieces in, states and scores out.

In: windows (:mod:`contested.claims.tagging.windows`). Out: numpy arrays. Refuses: a folder without the weights, or with
weights of another format.

The graphs are ONNX files, run by onnxruntime on the CPU with the weights of one file. ``models/README.md`` says what
they were made from; training/reader makes them again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from contested.base.errors import EngineError
from contested.claims.tagging.decoding import Transitions
from contested.claims.tagging.weights import read_weights
from contested.claims.tagging.windows import PieceCutter, Window

#: Format of the weights; raised when windows, signals, marks or heads change so that old weights are refused.
FORMAT = 2
HEADS = ("direction", "stance", "modality", "target")
PARAMETERS_NAME = "reader.json"
#: Pieces, padding included, that are read at once: more take memory and gain no speed.
BATCH_PIECES = 4096


@dataclass(frozen=True)
class States:
    """What the encoder says of a batch of windows, one row a window and one column a piece."""

    pieces: np.ndarray
    """[windows, pieces, width]."""
    words: np.ndarray
    """[windows, pieces, role width]: what the roles' head reads of a word."""
    anchors: np.ndarray
    """[windows, pieces, role width]: what it reads of an anchor."""
    sure: np.ndarray
    """[windows, pieces]: probability that an attribution's cue begins there."""


class Encoder:
    """The network's parts; made once a process by :func:`load_encoder`."""

    def __init__(self, folder: Path, threads: int) -> None:
        try:
            parameters: dict[str, Any] = json.loads((folder / PARAMETERS_NAME).read_text(encoding="utf-8"))
            if parameters.get("format") != FORMAT:
                raise EngineError(
                    f"{folder / PARAMETERS_NAME}: format {parameters.get('format')!r}, expected {FORMAT}; "
                    "make the weights again with training/reader"
                )
            self.cutter = PieceCutter(folder / "reader.tokenizer.json")
            weights = read_weights(folder / "reader.npz")
            self._sessions = {
                name: _open_session(folder / f"reader.{name}.onnx", weights[name], threads)
                for name in ("encoder", "roles", "stance")
            }
        except EngineError:
            raise
        except Exception as error:  # the runtime's own errors have no common ancestor
            raise EngineError(
                f"{folder}: the reader's weights cannot be read: {error}; install the package again, "
                "or make them with training/reader"
            ) from error
        self.version: str = parameters["version"]
        self.radius: int = parameters["radius"]
        self.anchor_threshold: float = parameters["anchor_threshold"]
        self.score_threshold: float = parameters["score_threshold"]
        self.transitions = Transitions(
            *(np.asarray(parameters["transitions"][k], dtype=np.float32) for k in ("step", "start", "end"))
        )
        self.stances: list[str] = parameters["stances"]
        self.modalities: list[str] = parameters["modalities"]

    def read_windows(self, windows: Sequence[Window], marks: Sequence[np.ndarray] | None = None) -> States:
        """States of one batch of windows; marked ones are read with the adapters of stance and direction."""
        size = max(len(window.pieces) for window in windows)
        pieces = np.full((len(windows), size), self.cutter.pad, dtype=np.int64)
        signals, marked, mask = (np.zeros_like(pieces) for _ in range(3))
        for k, window in enumerate(windows):
            n = len(window.pieces)
            pieces[k, :n], signals[k, :n], mask[k, :n] = window.pieces, window.signals, 1
            if marks is not None:
                marked[k, :n] = marks[k]
        feed = {
            "pieces": pieces,
            "signals": signals,
            "marks": marked,
            "mask": mask,
            "adapted": np.array(marks is not None),
        }
        return States(*self._sessions["encoder"].run(["states", "words", "anchors", "sure"], feed))

    def read_roles(self, words: np.ndarray, anchors: np.ndarray, distances: np.ndarray, mask: np.ndarray) -> np.ndarray:
        """Scores of the labels of the words around anchors, [anchors, words, labels]."""
        feed = {"words": words, "anchors": anchors, "distances": distances, "mask": mask}
        scores: np.ndarray = self._sessions["roles"].run(["scores"], feed)[0]
        return scores

    def read_head(self, output: str, features: np.ndarray) -> np.ndarray:
        """Scores of one of the heads on pooled states: ``direction``, ``stance``, ``modality`` or ``target``."""
        # The graph asks for every head's features; one row stands in for those of the others.
        feed = {f"{name}_features": features if name == output else features[:1] for name in HEADS}
        scores: np.ndarray = self._sessions["stance"].run([output], feed)[0]
        return scores


def batches(windows: Sequence[Window]) -> Iterator[list[int]]:
    """Numbers of the windows in batches of like length, at most :data:`BATCH_PIECES` a batch."""
    order = sorted(range(len(windows)), key=lambda k: (len(windows[k].pieces), k))
    batch: list[int] = []
    for k in order:
        if batch and len(windows[k].pieces) * (len(batch) + 1) > BATCH_PIECES:
            yield batch
            batch = []
        batch.append(k)
    if batch:
        yield batch


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities of scores [rows, classes]."""
    odds = np.exp(scores - scores.max(1, keepdims=True))
    return np.asarray(odds / odds.sum(1, keepdims=True))


def _open_session(path: Path, weights: dict[str, np.ndarray], threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin while they wait made two slower than one.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(array) for array in weights.values()]
    options.add_external_initializers(list(weights), values)
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def count_threads() -> int:
    """Threads that the encoder uses: ``CONTESTED_THREADS``, else the cores this process may use."""
    given = os.environ.get("CONTESTED_THREADS", "")
    return (
        max(1, int(given))
        if given.isdigit()
        else len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1
    )


@cache
def load_encoder(folder: Path) -> Encoder:
    """The encoder in the folder, read once.

    Raises
    ------
    EngineError
        When the weights are missing, broken or of another format.
    """
    return Encoder(folder, count_threads())
