"""What the party of a name is called in one article.

In: entities that the article mentions. Out: a party: its id in the case, else a plain name. Refuses:
nothing; an entity without a party gives ``None``.

How a party is called, when no case declares it:

- A state is one party in an article, whatever stands for it: its name, government, ministries, officers,
  army, capital, leader. It is called by its name (Russia, United States), but "<Adjective> government"
  (Syrian government) where the article shows it at war within itself: it is among the states that have
  had a war inside since 1990, and the article speaks of its rebels, opposition, regime or civil war.
- "rebels", "opposition", "insurgents" and groups that fight that state are "<Adjective> opposition";
  separatists "<Adjective> separatists". "The regime" is the government they fight.
- Other armed groups and international bodies are parties by their own name. Monitors, aid groups and
  outlets are actors without a party, unless the case declares one.
- An adjective that no list knows is taken as written: "the Varanian army" → Varanian government.
- Civilians, doctors, activists and residents of a state are not that state.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from contested.claims.naming.names import INSIDE, Entity, Mention, load_state_names, load_word_lists

_STRONG_OPPOSITION = frozenset("rebels rebel insurgents insurgency separatists guerrillas".split())
_WAR_WORDS = frozenset("rebels rebel regime junta insurgents insurgency separatists opposition guerrillas".split())


class PartyNames:
    """The parties of one article."""

    def __init__(
        self,
        declared_party: Callable[[Sequence[str]], str | None],
        lower: Sequence[str],
        mentions: Sequence[Mention],
        unlisted: Mapping[str, str],
    ) -> None:
        self.declared_party = declared_party
        self.lower = lower
        #: Code of a state that no list knows → its name as the article writes it.
        self.unlisted = unlisted
        self._mentions = mentions
        self._adjectives = {
            mention.first: mention.entity.state
            for mention in mentions
            if mention.entity.kind == "state" and mention.entity.form == "adjective"
        }
        self._main_state: str | None = None
        self.at_war = self._find_states_at_war(mentions)

    def _find_states_at_war(self, mentions: Sequence[Mention]) -> frozenset[str]:
        """States that the article shows at war within themselves."""
        listed = load_word_lists().internal_war
        counts: Counter[str] = Counter()
        strong: set[str] = set()
        groups: set[str] = set()
        for mention in mentions:
            entity = mention.entity
            if entity.state is None or entity.state == INSIDE or entity.state[0] == "!":
                continue
            if entity.kind == "group":
                groups.add(entity.state)
            elif entity.kind in ("state", "person"):
                counts[entity.state] += 1
                after = self.lower[mention.end : mention.end + 3]
                fought = (after[:1] and after[0] in _STRONG_OPPOSITION) or after[:2] == ["civil", "war"]
                if entity.form == "adjective" and fought:
                    strong.add(entity.state)
        found = groups | {code for code in strong if code in listed or code.startswith("?")}
        capitals = {mention.end for mention in mentions if mention.entity.form in ("capital", "metonym")}
        # "The Kiev regime" is how an enemy speaks, not a sign of a war inside.
        if any(k not in capitals for k, word in enumerate(self.lower) if word in _WAR_WORDS):
            likely = [(count, code) for code, count in counts.items() if code in listed or code.startswith("?")]
            if likely and not found:
                found.add(max(likely, key=lambda pair: (pair[0], pair[1]))[1])
        self._main_state = max(found, key=lambda code: (counts[code], code), default=None)
        return frozenset(found)

    def party_of_state(self, code: str, adjective: str) -> str:
        """The party of a state: its id in the case, else its name by the rule above."""
        name = load_state_names().get(code, (self.unlisted.get(code), adjective))[0]
        government = f"{adjective} government"
        spellings = [government, f"{adjective} regime", *([name, f"Government of {name}"] if name else [])]
        declared = self.declared_party(spellings)
        if declared is not None:
            return declared
        return government if code in self.at_war or name is None else name

    def party_of_entity(self, entity: Entity, mention: Mention | None = None) -> str | None:
        """The party of an entity; a mention lets "Syrian rebels" take its state from the word before."""
        if entity.party is not None:
            return entity.party
        if entity.kind == "opposition" or (entity.kind == "group" and entity.state):
            code = entity.state if entity.state != INSIDE else self._main_state
            code = code or self._state_of_opposition(mention)
            declared = self.declared_party([entity.name]) if entity.kind == "group" else None
            if declared is not None or code is None:
                return declared or (entity.name if entity.kind == "group" else None)
            adjective = load_state_names().get(code, ("", code.lstrip("?!")))[1]
            kind = entity.name if entity.kind == "opposition" else "opposition"
            names = [f"{adjective} {kind}", f"{adjective} opposition", f"{adjective} rebels"]
            return self.declared_party(names) or names[0]
        if entity.kind == "organ":
            return self._party_of_organ(entity)
        if entity.state is not None:
            adjective = load_state_names().get(entity.state, ("", entity.name))[1]
            return self.party_of_state(entity.state, adjective)
        declared = self.declared_party([entity.name])
        if declared is not None or entity.kind not in ("group", "body"):
            return declared
        return entity.name

    def _party_of_organ(self, entity: Entity) -> str | None:
        """Of "the army", "the regime": that of the state at war within itself; of "the coalition": the one named."""
        if entity.name == "coalition":
            named = (m.entity for m in self._mentions if m.entity.kind == "group" and "coalition" in m.entity.name)
            first = next(named, None)
            return self.party_of_entity(first) if first is not None else None
        if self._main_state is None:
            return None
        adjective = load_state_names().get(self._main_state, ("", self._main_state.lstrip("?!")))[1]
        return self.party_of_state(self._main_state, adjective)

    def _state_of_opposition(self, mention: Mention | None) -> str | None:
        if mention is not None:
            for first in range(max(0, mention.first - 3), mention.first):
                if (code := self._adjectives.get(first)) is not None:
                    return code
        return self._main_state
