"""Which tagger reads a text: the network by default, the fast tier when asked for.

In: the tier and the folder of the weights. Out: a :class:`Tagger`. Refuses: a folder without weights, or with
weights of another format.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Protocol

from contested.claims.linking import Attribution
from contested.claims.tagging.deep_tagger import DeepTagger
from contested.claims.tagging.fast_tagger import FastTagger
from contested.claims.tagging.models import models_folder
from contested.claims.tagging.stance_reader import StanceReader


class Tagger(Protocol):
    """Whatever turns a text into attributions."""

    @property
    def version(self) -> str:
        """Goes into ``made_by`` of every claim."""
        ...

    @property
    def needs_rules(self) -> bool:
        """Whether sentences of blame that it misses are to be added by rule."""
        ...

    @property
    def stances(self) -> StanceReader | None:
        """Reads stances beside the rules; None where rules alone judge."""
        ...

    def attributions(self, text: str) -> list[Attribution]:
        """Attributions of the text, in order of their first span."""
        ...


@cache
def load_tagger(fast: bool = False, folder: Path | None = None) -> Tagger:
    """The tagger, read once.

    Parameters
    ----------
    fast
        The lexical model: some fifty times as fast, and it finds fewer attributions (``models/README.md``).
    folder
        Where the weights are; :func:`models_folder` when left out.

    Raises
    ------
    EngineError
        When the weights are missing, broken or of another format.
    """
    folder = folder or models_folder()
    return FastTagger(folder) if fast else DeepTagger(folder)
