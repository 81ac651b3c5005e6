"""The files that ship → the network they were made of, so that training can go on from them.

In: the folder of weights (``src/contested/models``). Out: a :class:`Reader` that computes what the shipped graphs
do, but for the rounding of their inputs. Refuses: nothing.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from contested.claims.tagging.weights import read_weights
from training.reader.model import Reader, Settings, distance_bucket

#: Maps of the heads in the order in which they were traced.
HEADS = ("direction", "stance", "modality", "target")


def _arrays(folder: Path, part: str) -> tuple[onnx.GraphProto, dict[str, np.ndarray]]:
    graph = onnx.load(folder / f"reader.{part}.onnx", load_external_data=False).graph
    arrays = read_weights(folder / "reader.npz").get(part, {})
    for one in graph.initializer:
        if one.name not in arrays:
            arrays[one.name] = numpy_helper.to_array(one)
    return graph, arrays


def load_shipped(folder: Path) -> Reader:
    """The network of the shipped weights; its roles' reader and chain are not filled in."""
    graph, arrays = _arrays(folder, "encoder")
    settings = Settings()
    settings.vocabulary, settings.width = arrays["reader.encoder.words.weight"].shape
    settings.positions = len(arrays["reader.encoder.places.weight"])
    settings.layers = len({name.split(".")[3] for name in arrays if name.startswith("reader.encoder.layers.")})
    reader = Reader(settings)
    own = reader.encoder
    state = {
        name.removeprefix("reader.encoder."): torch.from_numpy(np.array(array))
        for name, array in arrays.items()
        if name.startswith("reader.encoder.")
    }
    for node in graph.node:
        name = next((i for i in node.input if i.endswith("_quantized") and i in arrays), None)
        module = node.name.split("/MatMul")[0].strip("/").replace("/", ".")
        if node.op_type == "MatMulInteger" and name and module.startswith("layers."):
            scale = arrays[name.replace("_quantized", "_scale")]
            state[f"{module}.weight"] = torch.from_numpy((arrays[name] * scale).T.copy())
    # Buckets of relative distance, from the table by distance.
    middle = len(arrays["by_distance"]) // 2
    buckets = distance_bucket(torch.arange(-middle, middle + 1), settings.buckets).numpy()
    table = np.zeros((settings.buckets, settings.heads), dtype=np.float32)
    table[buckets] = arrays["by_distance"]
    state["distance.weight"] = torch.from_numpy(table)
    own.load_state_dict(state)
    _load_heads(reader, folder)
    return reader


def _load_heads(reader: Reader, folder: Path) -> None:
    graph, arrays = _arrays(folder, "stance")
    products = iter([node for node in graph.node if node.op_type == "MatMul"])
    for number, head in enumerate(HEADS):
        for place in (0, 2):
            module = getattr(reader, head)[place]
            weight = arrays[next(products).input[1]].T
            with torch.no_grad():
                module.weight.copy_(torch.from_numpy(np.array(weight)))
                module.bias.copy_(torch.from_numpy(np.array(arrays[f"heads.{number}.{place}.bias"])))
