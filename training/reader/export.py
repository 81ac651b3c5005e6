"""A trained reader → the files that ship.

    PYTHONPATH=src:. python -m training.reader.export --run RUN --encoder FOLDER --data ../shared/data --out MODELS

In: ``RUN/reader.pt`` and the folder of the pretrained encoder, for its tokenizer. Out: the graphs
``reader.encoder.onnx``, ``reader.roles.onnx``, ``reader.stance.onnx``, their weights ``reader.npz``,
``reader.tokenizer.json`` and ``reader.json``. Refuses: nothing. The package reads them once
:mod:`training.reader.export_adapters` has put the adapters in.

The vocabulary keeps every single sign, the pieces of the lowest numbers (BERT's vocabulary is ordered by frequency) and
those that the training texts use; other words are cut into smaller pieces. Weights of the encoder and its table of
pieces are rounded to four bits in blocks of 64, as they were in training; heads and small tables to half floats.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn
from torch.nn import functional as F

from contested.claims.tagging.encoder import FORMAT
from contested.claims.tagging.weights import pack_rows
from contested.claims.tagging.windows import PieceCutter, cut_text
from training.corpus import read_corpus
from training.reader import direction_task
from training.reader.model import MODALITIES, STANCES, Dense, Reader, Settings, distance_bucket, round_weights

#: Pieces of the lowest numbers that are kept, and times that another must be used in the training texts.
COMMON_PIECES = 8_000
MIN_USES = 3
MAX_PLACES = 400
#: Probability from which the roles around an anchor are read; what is kept is decided by the score.
ANCHOR_THRESHOLD = 0.1
#: Weights of which so many share a name go into the file of weights; fewer stay in the graph.
MIN_TAKEN = 1024


class EncoderPart(nn.Module):
    """Windows → states, and what the heads read of them."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader
        own = reader.encoder
        at = torch.arange(-MAX_PLACES, MAX_PLACES + 1)
        self.register_buffer("by_distance", own.distance(distance_bucket(at, own.s.buckets)).detach())

    def forward(self, pieces: Tensor, signals: Tensor, marks: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        """The four outputs."""
        own, reader = self.reader.encoder, self.reader
        at = torch.arange(pieces.shape[1])
        x = own.norm(own.words(pieces) + own.places(at + own.first_place) + own.signals(signals) + own.marks(marks))
        bias = self.by_distance[at[None, :] - at[:, None] + MAX_PLACES].permute(2, 0, 1)[None]
        bias = bias + (1.0 - mask[:, None, None, :].to(x.dtype)) * -1e4
        for layer in own.layers:
            x = layer(x, bias)
        return x, reader.roles.word(x), reader.roles.anchor(x), torch.sigmoid(reader.anchor(x)[..., 0])


class RolesPart(nn.Module):
    """Words around anchors → scores of labels."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.roles = reader.roles

    def forward(self, words: Tensor, anchors: Tensor, distances: Tensor, mask: Tensor) -> Tensor:
        """Scores [anchors, words, labels]."""
        return self.roles(words, anchors, distances, mask > 0)


class StancePart(nn.Module):
    """Pooled states → scores of direction, stance, modality and target."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.heads = nn.ModuleList([reader.direction, reader.stance, reader.modality, reader.target])

    def forward(self, direction: Tensor, stance: Tensor, modality: Tensor, target: Tensor) -> tuple[Tensor, ...]:
        """One output a head."""
        return tuple(
            F.gelu(x @ head[0].weight.T + head[0].bias) @ head[2].weight.T + head[2].bias
            for head, x in zip(self.heads, (direction, stance, modality, target), strict=True)
        )


def prune(tokenizer: Path, texts: list[str], out: Path) -> list[int]:
    """Write the smaller tokenizer; the old numbers of the pieces that are kept."""
    whole = json.loads(tokenizer.read_text(encoding="utf-8"))
    vocabulary: dict[str, int] = whole["model"]["vocab"]
    cutter = PieceCutter(tokenizer)
    uses: Counter[int] = Counter()
    for text in texts:
        for pieces in cut_text(text, cutter).pieces:
            uses.update(pieces.tolist())
    special = {row["id"] for row in whole["added_tokens"]}
    kept = sorted(
        number
        for piece, number in vocabulary.items()
        if number in special
        or (
            not piece.startswith("[unused")
            and (number < COMMON_PIECES or len(piece.removeprefix("##")) == 1 or uses[number] >= MIN_USES)
        )
    )
    new = {old: k for k, old in enumerate(kept)}
    whole["model"]["vocab"] = {piece: new[number] for piece, number in vocabulary.items() if number in new}
    for row in whole["added_tokens"]:
        row["id"] = new[row["id"]]
    whole["post_processor"], whole["truncation"], whole["padding"] = None, None, None
    out.write_text(json.dumps(whole, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    return kept


def export(
    module: nn.Module, inputs: dict[str, Tensor], outputs: list[str], axes: dict[str, dict[int, str]], path: Path
) -> None:
    """Write one part."""
    torch.onnx.export(
        module.eval(), tuple(inputs.values()), str(path), input_names=list(inputs), output_names=outputs,
        dynamic_axes=axes, opset_version=17, dynamo=False,
    )  # fmt: skip


def part_weights(path: Path, packed: bool) -> dict[str, np.ndarray]:
    """Take the weights out of a part's file, which keeps their names; ``packed`` says whether maps take four bits."""
    whole = onnx.load(path)
    if packed:
        quantize_dynamic(
            path, path, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul"],
            extra_options={"MatMulConstBOnly": True},
        )  # fmt: skip
    graph = onnx.load(path)
    vocabulary = max(one.dims[0] for one in graph.graph.initializer if len(one.dims) == 2)
    floats = {one.name: numpy_helper.to_array(one) for one in whole.graph.initializer}
    found: dict[str, np.ndarray] = {}
    for one in graph.graph.initializer:
        name = one.name.removesuffix("_quantized").removesuffix("_scale")
        if one.name.endswith(("_quantized", "_scale")) and name in floats:
            found[f"maps/{name}"], found[f"scales/{name}"] = pack_rows(floats[name])
        elif packed and one.dims[0] == vocabulary and len(one.dims) == 2:
            found[f"tables/{name}"], found[f"scales/{name}"] = pack_rows(floats[name].T)
        elif one.data_type == onnx.TensorProto.FLOAT and np.prod(one.dims) >= MIN_TAKEN:
            found[f"plain/{name}"] = floats[name].astype(np.float16)
        else:
            continue
        one.ClearField("raw_data")
        one.ClearField("float_data")
        one.data_location = onnx.TensorProto.EXTERNAL
        one.external_data.add(key="location", value="reader.npz")
    onnx.save(graph, path)
    return found


def load_reader(path: Path) -> Reader:
    """The trained network, its encoder's weights rounded."""
    weights = torch.load(path)
    settings = Settings()
    settings.layers = 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder.layers."))
    reader = Reader(settings)
    reader.load_state_dict(weights)
    with torch.no_grad():
        for module in reader.encoder.modules():
            if isinstance(module, Dense):
                module.weight.copy_(round_weights(module.weight))
    for layer in reader.encoder.layers:
        # Its inputs vary most between rows: with one scale for all, half a point of F1 and more is lost.
        layer.down.by_row = True
    return reader


def export_parts(reader: Reader, out: Path) -> None:
    """The graphs and the file of weights."""
    ones = torch.ones(2, 40, dtype=torch.long)
    inputs, outputs = ("pieces", "signals", "marks", "mask"), ["states", "words", "anchors", "sure"]
    axes = {name: {0: "windows", 1: "pieces"} for name in (*inputs, *outputs)}
    export(EncoderPart(reader), dict.fromkeys(inputs, ones), outputs, axes, out / "reader.encoder.onnx")
    d = reader.s.role_width
    around = {"words": torch.zeros(3, 50, d), "anchors": torch.zeros(3, d)}
    around |= dict.fromkeys(("distances", "mask"), torch.ones(3, 50, dtype=torch.long))
    axes = {name: {0: "anchors_read", 1: "words_read"} for name in (*around, "scores")}
    axes["anchors"] = {0: "anchors_read"}
    export(RolesPart(reader), around, ["scores"], axes, out / "reader.roles.onnx")
    heads = ["direction", "stance", "modality", "target"]
    features = {f"{name}_features": torch.zeros(2, 3 * reader.s.width) for name in heads}
    axes = {name: {0: f"rows_{name.removesuffix('_features')}"} for name in (*features, *heads)}
    export(StancePart(reader), features, heads, axes, out / "reader.stance.onnx")
    found: dict[str, np.ndarray] = {}
    for name in ("encoder", "roles", "stance"):
        for key, array in part_weights(out / f"reader.{name}.onnx", packed=name == "encoder").items():
            found[f"{name}/{key}"] = array
    np.savez(out / "reader.npz", **found)  # type: ignore[arg-type]


def digest_version(models: Path) -> str:
    """The version that stands in every claim: the first digits of the weights' digest."""
    digest = hashlib.sha256()
    for name in ("reader.npz", "reader.encoder.onnx", "reader.roles.onnx", "reader.stance.onnx"):
        digest.update((models / name).read_bytes())
    return f"reader {digest.hexdigest()[:8]}"


def describe(reader: Reader, out: Path, score_threshold: float) -> dict[str, Any]:
    """The parameters file."""
    chain = reader.chain
    tables = {"step": chain.step + chain.barred, "start": chain.start + chain.barred_start, "end": chain.end}
    return {
        "format": FORMAT,
        "version": digest_version(out),
        "radius": reader.s.radius,
        "anchor_threshold": ANCHOR_THRESHOLD,
        "score_threshold": score_threshold,
        "transitions": {name: np.round(table.detach().numpy(), 4).tolist() for name, table in tables.items()},
        "stances": list(STANCES),
        "modalities": list(MODALITIES),
    }


def main() -> None:
    """Export as the arguments say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--score-threshold", type=float, default=0.3, help="chosen on the development part")
    a = parser.parse_args()
    logging.disable(logging.INFO)
    a.out.mkdir(parents=True, exist_ok=True)
    reader = load_reader(a.run / "reader.pt")
    texts = [text for text, _ in read_corpus(a.data / "attribution/polnear/train.jsonl")]
    texts += [row[0] for row in direction_task.read_sentences(a.data / "stance/dse/train.tsv")]
    kept = prune(a.encoder / "tokenizer.json", texts, a.out / "reader.tokenizer.json")
    own = reader.encoder
    own.words = nn.Embedding.from_pretrained(own.words.weight[kept])
    own.places = nn.Embedding.from_pretrained(own.places.weight[: MAX_PLACES + 2])
    export_parts(reader, a.out)
    parameters = describe(reader, a.out, a.score_threshold)
    (a.out / "reader.json").write_text(json.dumps(parameters, indent=1) + "\n", encoding="utf-8")
    for path in sorted(a.out.glob("reader.*")):
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")
    print(f"{len(kept):,} pieces, {parameters['version']}")


if __name__ == "__main__":
    main()
