"""The reader's network: one encoder with heads for anchors, roles and stance.

In: word pieces, signals and marks of windows (:mod:`contested.claims.tagging.windows`). Out: logits. Refuses: nothing.

*Encoder*: a BERT- or MPNet-like transformer, the bottom layers of a pretrained one, its weights rounded to four
bits while training (straight-through) so that the rounded weights which ship are those that were trained.

*Anchors*: for each word, whether an attribution's cue begins there.

*Roles*: given one anchor, the role of every word around it in that one attribution: source, cue, content. Two small
transformer layers read the encoder's states relative to the anchor, and a linear-chain conditional random field
reads out the likeliest labels. So nothing has to be linked afterwards, a source can serve several cues, and
attributions may lie within each other. The form is that of predicate-conditioned semantic role labelling
(He et al. 2017, doi:10.18653/v1/P17-1044; Shi and Lin 2019, arXiv:1904.05255), the cue being the predicate.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from contested.claims.tagging.weights import BLOCK

STANCES = (
    "reports", "blames", "denies", "denies_event", "claims_responsibility", "alternative_explanation",
    "confirms_finding", "declines_to_attribute", "retracts",
)  # fmt: skip
MODALITIES = ("asserts", "suspects", "no_evidence")
LABELS = ("O", "B-source", "I-source", "B-cue", "I-cue", "B-content", "I-content")


@dataclass
class Settings:
    """Sizes; the encoder's own come from its checkpoint."""

    width: int = 768
    layers: int = 9
    heads: int = 12
    inner: int = 3072
    vocabulary: int = 30527
    positions: int = 514
    buckets: int = 32
    """Buckets of relative distance in attention; 0 for an encoder without them."""
    epsilon: float = 1e-5
    signals: int = 20
    marks: int = 8
    role_width: int = 256
    role_layers: int = 2
    radius: int = 80
    """Words on each side of an anchor that roles are read in; 99 % of the corpus's spans lie within."""


def round_weights(weight: Tensor) -> Tensor:
    """Weights rounded to 16 steps in blocks; the gradient passes as if they were not."""
    blocks = weight.detach().reshape(weight.shape[0], -1, BLOCK)
    at = blocks.abs().argmax(-1, keepdim=True)
    scale = blocks.gather(-1, at) / -8
    scale = torch.where(scale == 0, torch.ones_like(scale), scale)
    rounded = (blocks / scale).round().clamp(-8, 7) * scale
    return weight + (rounded.reshape(weight.shape) - weight.detach())


class Dense(nn.Linear):
    """A linear map whose weights can be rounded."""

    rounding = False
    by_row = False
    """Bring rows to one size before the map and back after it: the runtime rounds inputs with one scale for all."""

    def forward(self, x: Tensor) -> Tensor:
        """The map."""
        weight = round_weights(self.weight) if self.rounding else self.weight
        if not self.by_row:
            return F.linear(x, weight, self.bias)
        size = x.abs().amax(-1, keepdim=True).clamp(min=1e-6)
        return F.linear(x / size, weight) * size + self.bias


class Layer(nn.Module):
    """One transformer layer, normalised after each half."""

    def __init__(self, width: int, heads: int, inner: int, epsilon: float = 1e-5) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.out = (Dense(width, width) for _ in range(4))
        self.up, self.down = Dense(width, inner), Dense(inner, width)
        self.norm_a, self.norm_b = nn.LayerNorm(width, epsilon), nn.LayerNorm(width, epsilon)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """States of the next layer; ``bias`` is added to the attention scores."""
        b, t, w = x.shape
        q, k, v = (
            f(x).view(b, t, self.heads, w // self.heads).transpose(1, 2) for f in (self.query, self.key, self.value)
        )
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=bias.to(q.dtype))
        x = self.norm_a(x + self.out(mixed.transpose(1, 2).reshape(b, t, w)))
        return self.norm_b(x + self.down(F.gelu(self.up(x))))


class Encoder(nn.Module):
    """Pieces, signals and marks to states."""

    def __init__(self, s: Settings) -> None:
        super().__init__()
        self.s = s
        self.words = nn.Embedding(s.vocabulary, s.width)
        self.places = nn.Embedding(s.positions, s.width)
        self.signals = nn.Embedding(s.signals, s.width)
        self.marks = nn.Embedding(s.marks, s.width)
        for table in (self.signals, self.marks):
            nn.init.normal_(table.weight, std=0.01)
        with torch.no_grad():
            self.marks.weight[0].zero_()
        self.norm = nn.LayerNorm(s.width, s.epsilon)
        self.layers = nn.ModuleList(Layer(s.width, s.heads, s.inner, s.epsilon) for _ in range(s.layers))
        if s.buckets:
            self.distance = nn.Embedding(s.buckets, s.heads).requires_grad_(False)
        self.first_place = 2 if s.buckets else 0

    def forward(self, pieces: Tensor, signals: Tensor, marks: Tensor, mask: Tensor) -> Tensor:
        """States [batch, pieces, width]; ``mask`` is 1 for pieces and 0 for padding."""
        t = pieces.shape[1]
        at = torch.arange(t, device=pieces.device)
        x = self.words(pieces) + self.places(at + self.first_place) + self.signals(signals) + self.marks(marks)
        x = self.norm(x)
        bias = (1.0 - mask[:, None, None, :].to(x.dtype)) * -1e4
        if self.s.buckets:
            bias = (
                bias + self.distance(distance_bucket(at[None, :] - at[:, None], self.s.buckets)).permute(2, 0, 1)[None]
            )
        if torch.is_autocast_enabled("cpu"):
            bias = bias.to(torch.bfloat16)
        for layer in self.layers:
            x = layer(x, bias)
        return x


def distance_bucket(distance: Tensor, buckets: int, furthest: int = 128) -> Tensor:
    """MPNet's buckets of relative distance (as T5's): exact up to a quarter, then logarithmic."""
    n = -distance
    half = buckets // 2
    found = (n < 0).long() * half
    n = n.abs()
    exact = half // 2
    far = (
        exact
        + (
            torch.log(n.float().clamp(min=1) / exact) / torch.log(torch.tensor(furthest / exact)) * (half - exact)
        ).long()
    )
    return found + torch.where(n < exact, n, far.clamp(max=half - 1))


class RoleReader(nn.Module):
    """Roles of the words around one anchor."""

    def __init__(self, s: Settings) -> None:
        super().__init__()
        d = s.role_width
        self.radius = s.radius
        self.word, self.anchor = nn.Linear(s.width, d), nn.Linear(s.width, d)
        self.distance = nn.Embedding(2 * s.radius + 1, d)
        nn.init.normal_(self.distance.weight, std=0.3)
        self.norm = nn.LayerNorm(d)
        self.layers = nn.ModuleList(Layer(d, 4, 2 * d) for _ in range(s.role_layers))
        self.out = nn.Linear(d, len(LABELS))

    def forward(self, words: Tensor, anchors: Tensor, distances: Tensor, mask: Tensor) -> Tensor:
        """Logits [anchors, words, labels] from mapped states of words [n, w, d] and of anchors [n, d].

        ``distances`` are words from the anchor plus the radius; ``mask`` is true where a word is.
        """
        x = self.norm(words + anchors[:, None] + self.distance(distances))
        bias = (1.0 - mask[:, None, None, :].to(x.dtype)) * -1e4
        for layer in self.layers:
            x = layer(x, bias)
        return self.out(x)


class Chain(nn.Module):
    """Linear-chain conditional random field over the labels."""

    def __init__(self) -> None:
        super().__init__()
        n = len(LABELS)
        self.step, self.start, self.end = (
            nn.Parameter(torch.zeros(n, n)),
            nn.Parameter(torch.zeros(n)),
            nn.Parameter(torch.zeros(n)),
        )
        barred = torch.zeros(n, n)
        for a, before in enumerate(LABELS):
            for b, after in enumerate(LABELS):
                if after[0] == "I" and before[2:] != after[2:]:
                    barred[a, b] = -1e4
        self.register_buffer("barred", barred)
        self.register_buffer("barred_start", torch.tensor([-1e4 if name[0] == "I" else 0.0 for name in LABELS]))

    def loss(self, logits: Tensor, gold: Tensor, lengths: Tensor) -> Tensor:
        """Negative log likelihood of each sequence; words beyond a sequence's length do not count."""
        logits = logits.float()
        t = logits.shape[1]
        step = self.step + self.barred
        inside = torch.arange(t)[None, :] < lengths[:, None]
        picked = logits.gather(-1, gold[..., None])[..., 0]
        right = (picked * inside).sum(1) + (self.start + self.barred_start)[gold[:, 0]]
        right = right + (step[gold[:, :-1], gold[:, 1:]] * inside[:, 1:]).sum(1)
        right = right + self.end[gold.gather(1, (lengths - 1)[:, None])[:, 0]]
        columns, within = logits.unbind(1), inside[..., None].unbind(1)
        alpha = columns[0] + self.start + self.barred_start
        for k in range(1, t):
            following = torch.logsumexp(alpha[:, :, None] + step, 1) + columns[k]
            alpha = torch.where(within[k], following, alpha)
        return torch.logsumexp(alpha + self.end, 1) - right


class Reader(nn.Module):
    """The whole network."""

    def __init__(self, s: Settings) -> None:
        super().__init__()
        self.s = s
        self.encoder = Encoder(s)
        self.anchor = nn.Linear(s.width, 1)
        self.labels = nn.Linear(s.width, len(LABELS))
        self.roles = RoleReader(s)
        self.chain = Chain()
        self.direction, self.stance, self.modality, self.target = (
            nn.Sequential(nn.Linear(3 * s.width, inner), nn.GELU(), nn.Linear(inner, classes))
            for inner, classes in ((256, 5), (128, len(STANCES)), (64, len(MODALITIES)), (128, 1))
        )

    def round_from_now(self) -> None:
        """Switch rounding of the encoder's weights on."""
        for module in self.encoder.modules():
            if isinstance(module, Dense):
                module.rounding = True


def load_pretrained(reader: Reader, weights: dict[str, Tensor]) -> None:
    """Copy a pretrained BERT or MPNet into the encoder's bottom layers."""
    mpnet = "encoder.relative_attention_bias.weight" in weights
    own = reader.encoder
    attention = "attention.attn." if mpnet else "attention.self."
    names = {"query": "q", "key": "k", "value": "v"} if mpnet else {n: n for n in ("query", "key", "value")}

    def copy(target: Tensor, name: str) -> None:
        with torch.no_grad():
            target.copy_(weights[name])

    copy(own.words.weight, "embeddings.word_embeddings.weight")
    copy(own.places.weight, "embeddings.position_embeddings.weight")
    for part in ("weight", "bias"):
        copy(getattr(own.norm, part), f"embeddings.LayerNorm.{part}")
    if not mpnet:
        with torch.no_grad():
            own.places.weight.add_(weights["embeddings.token_type_embeddings.weight"][0])
    else:
        copy(own.distance.weight, "encoder.relative_attention_bias.weight")
    for number, layer in enumerate(own.layers):
        at = f"encoder.layer.{number}."
        for part in ("weight", "bias"):
            for name, theirs in names.items():
                copy(getattr(getattr(layer, name), part), f"{at}{attention}{theirs}.{part}")
            copy(getattr(layer.out, part), f"{at}attention.{'attn.o' if mpnet else 'output.dense'}.{part}")
            copy(getattr(layer.norm_a, part), f"{at}attention.{'LayerNorm' if mpnet else 'output.LayerNorm'}.{part}")
            copy(getattr(layer.up, part), f"{at}intermediate.dense.{part}")
            copy(getattr(layer.down, part), f"{at}output.dense.{part}")
            copy(getattr(layer.norm_b, part), f"{at}output.LayerNorm.{part}")
