"""Trained adapters and heads → the files that ship, beside an encoder that stays as it is.

    PYTHONPATH=src:. python -m training.reader.export_adapters --run RUN --models src/contested/models

In: ``RUN/adapters.pt`` of :mod:`training.reader.train_adapters` and the shipped files. Out: the same files with the
adapters in the encoder's graph, used where ``adapted`` is fed as true, and the new heads. Refuses: nothing.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper

from contested.claims.tagging.encoder import FORMAT
from contested.claims.tagging.weights import pack_bytes
from training.reader.export import digest_version
from training.reader.shipped import HEADS


def initializer(name: str, shape: tuple[int, ...]) -> TensorProto:
    """A table whose values stand in the file of weights."""
    found = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape, data_location=TensorProto.EXTERNAL)
    found.external_data.add(key="location", value="reader.npz")
    return found


def put_adapter(graph: onnx.GraphProto, module: str, shapes: dict[str, tuple[int, ...]]) -> None:
    """Add an adapter's product to the output of one map, where adapters are asked for."""
    of = {node.name: node for node in graph.node}
    at = "/" + "/".join(module.rsplit(".", 1))
    total, product, sized = of[f"{at}/Add"], of[f"{at}/MatMul_quant"], of.get(f"{at}/Abs")
    rounded = next(node for node in graph.node if product.input[0] in node.output)
    given = sized.input[0] if sized is not None else rounded.input[0]
    whole, plain, added = total.output[0], f"{module}/plain", f"{module}/added"
    total.output[0] = plain
    names = list(shapes)
    then = helper.make_graph(
        [
            helper.make_node("MatMul", [given, names[0]], [f"{module}/low"]),
            helper.make_node("MatMul", [f"{module}/low", names[1]], [f"{module}/high"]),
            helper.make_node("Add", [plain, f"{module}/high"], [added]),
        ],
        f"{module}/adapted", [], [helper.make_tensor_value_info(added, TensorProto.FLOAT, None)],
    )  # fmt: skip
    kept = helper.make_graph(
        [helper.make_node("Identity", [plain], [f"{module}/kept"])],
        f"{module}/plainly", [], [helper.make_tensor_value_info(f"{module}/kept", TensorProto.FLOAT, None)],
    )  # fmt: skip
    choice = helper.make_node("If", ["adapted"], [whole], name=f"{at}/If", then_branch=then, else_branch=kept)
    graph.node.insert(list(graph.node).index(total) + 1, choice)
    graph.initializer.extend(initializer(name, shape) for name, shape in shapes.items())


def main() -> None:
    """Export as the arguments say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True)
    a = parser.parse_args()
    state = {name: tensor.float().numpy() for name, tensor in torch.load(a.run / "adapters.pt").items()}
    with np.load(a.models / "reader.npz", allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files if "adapters." not in name}
    path = a.models / "reader.encoder.onnx"
    model = onnx.load(path, load_external_data=False)
    known = any(one.name == "adapted" for one in model.graph.input)
    if not known:
        model.graph.input.append(helper.make_tensor_value_info("adapted", TensorProto.BOOL, []))
    for module in sorted(name.removesuffix(".inner") for name in state if name.endswith(".inner")):
        own = module.removeprefix("encoder.")
        halves = {f"adapters.{own}.{part}": state[f"{module}.{part}"].T for part in ("inner", "outer")}
        for name, weights in halves.items():
            arrays[f"encoder/bytes/{name}"], arrays[f"encoder/scales/{name}"] = pack_bytes(weights)
        if not known:
            put_adapter(model.graph, own, {name: weights.shape for name, weights in halves.items()})
    onnx.save(model, path)
    put_heads(a.models, state, arrays)
    np.savez(a.models / "reader.npz", **arrays)  # type: ignore[arg-type]
    parameters = json.loads((a.models / "reader.json").read_text(encoding="utf-8"))
    parameters |= {"format": FORMAT, "version": digest_version(a.models)}
    (a.models / "reader.json").write_text(json.dumps(parameters, indent=1) + "\n", encoding="utf-8")
    print(parameters["version"], sum(p.stat().st_size for p in a.models.iterdir()) / 1e6, "MB")


def put_heads(models: Path, state: dict[str, np.ndarray], arrays: dict[str, np.ndarray]) -> None:
    """The heads' maps into the file of weights, their small parts into the graph."""
    model = onnx.load(models / "reader.stance.onnx", load_external_data=False)
    values = {one.name: one for one in model.graph.initializer}
    products = iter([node for node in model.graph.node if node.op_type == "MatMul"])
    for number, head in enumerate(HEADS):
        for place in (0, 2):
            name = next(products).input[1]
            weights = state[f"{head}.{place}.weight"].T
            if values[name].data_location == TensorProto.EXTERNAL:
                arrays.pop(f"stance/plain/{name}", None)
                arrays[f"stance/bytes/{name}"], arrays[f"stance/scales/{name}"] = pack_bytes(weights)
            else:
                values[name].CopyFrom(onnx.numpy_helper.from_array(np.ascontiguousarray(weights), name))
            bias = f"heads.{number}.{place}.bias"
            values[bias].CopyFrom(onnx.numpy_helper.from_array(state[f"{head}.{place}.bias"], bias))
    onnx.save(model, models / "reader.stance.onnx")


if __name__ == "__main__":
    main()
