"""Stance, modality and target of single sentences, over wars of every kind."""

from __future__ import annotations

import pytest

from contested.claims.actors import ActorIndex, ArticleActors
from contested.claims.facts import find_facts
from contested.claims.linking import Attribution
from contested.claims.stance import Judgement, judge_stance

SETTING = "\nSyrian rebels fought. Israel, Hamas, Russia, Ukraine, the Taliban and the Houthis were named."


def judge(source: str, cue: str, content: str) -> tuple[Judgement, str | None]:
    """The judgement of one sentence, and the words of its target."""
    text = f"{source} {cue} {content}.{SETTING}"
    article = ArticleActors(ActorIndex(), text)
    speaker_span = (0, len(source))
    cue_span = (len(source) + 1, len(source) + 1 + len(cue))
    attribution = Attribution((speaker_span,), (cue_span,), ((cue_span[1] + 1, cue_span[1] + 1 + len(content)),))
    speaker = next(iter(article.resolve(speaker_span)), None)
    found = judge_stance(article, attribution, speaker, speaker_span, len(text))
    return found, text[slice(*found.target.span)] if found.target else None


BLAMES = [
    ("The ministry", "accused", "Ukraine of staging the strike to blame Poland", "Ukraine", "Ukraine"),
    ("France", "accused", "Russia of bombing the port", "Russia", "Russia"),
    ("Ukraine", "blamed", "Russia for the strike", "Russia", "Russia"),
    ("Ukraine", "blamed", "the strike on Russian forces", "Russian forces", "Russia"),
    ("Turkey", "laid the blame for", "the raid at the feet of the Taliban", "the Taliban", "Taliban"),
    ("Britain", "said", "the Syrian regime was responsible for the attack", "the Syrian regime", "Syrian government"),
    ("Britain", "holds", "Hamas responsible for the rocket fire", "Hamas", "Hamas"),
    ("A witness", "said", "the attack was carried out by the Taliban", "the Taliban", "Taliban"),
    ("Human Rights Watch", "concluded", "that Israeli forces had used white phosphorus", "Israeli forces", "Israel"),
    ("Ukraine", "said", "Russian troops shelled the hospital", "Russian troops", "Russia"),
    ("Iran", "called", "it “barbaric actions by the Israeli army”", "the Israeli army", "Israel"),
    ("Yemen", "pointed the finger at", "the Houthis over the blast", "the Houthis", "Houthis"),
    ("Russia", "accused", "militants of the attack", "militants", "Syrian opposition"),
    ("France", "said", "“the guilt of the Russian army is beyond doubt”", "the Russian army", "Russia"),
    ("Britain", "said", "it was “highly likely that the regime was responsible”", "the regime", "Syrian government"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "cue", "content", "target", "party"), BLAMES)
def test_blame_finds_whom_it_points_at(source: str, cue: str, content: str, target: str, party: str) -> None:
    found, words = judge(source, cue, content)
    assert (found.stance, words) == ("blames", target)
    assert found.target is not None
    assert found.target.party == party


NO_BLAME = [
    ("The Commission", "said", "it attributed no crime to Russian forces"),
    ("The Kremlin", "said", "Washington could have no evidence of who was responsible"),
    ("A doctor", "said", "the wounded were brought to Syria by Russian doctors"),
    ("Turkey", "said", "it would hold talks with Russia"),
    ("A witness", "said", "she saw a strike on Russian forces"),
]


@pytest.mark.parametrize(("source", "cue", "content"), NO_BLAME)
def test_no_blame_is_read_where_none_is_laid(source: str, cue: str, content: str) -> None:
    found, _ = judge(source, cue, content)
    assert found.stance != "blames"


def test_a_choice_of_two_doers_names_no_party() -> None:
    found, words = judge("The Observatory", "said", "that Syrian or Russian aircraft had bombed the market")
    assert (found.stance, words) == ("blames", "Syrian or Russian aircraft")
    assert found.target is not None
    assert found.target.party is None


@pytest.mark.parametrize("case", [str.upper, str.lower, str.title])
def test_blame_is_read_in_any_case(case: object) -> None:
    assert callable(case)
    found, _ = judge("Ukraine", case("blamed"), "Russia for the strike")
    assert found.stance == "blames"


STANCES = [
    ("The envoy", "said", "his office was not in a position to say who was responsible", "declines_to_attribute"),
    ("Russia", "denied", "having bombed the hospital", "denies"),
    ("Israel", "rejected", "the accusations", "denies"),
    ("Israel", "said", "its forces had not struck the school", "denies"),
    ("Damascus", "said", "“the army has not, did not and will not use such weapons”", "denies"),
    ("Damascus", "called", "the report a lie", "denies"),
    ("Russia", "said", "there is no evidence that the Syrian army used gas", "denies"),
    ("Damascus", "said", "no chemical attack took place", "denies_event"),
    ("Russia", "said", "the attack was staged by the rebels", "denies_event"),
    ("Damascus", "called", "it 100 percent fabrication", "denies_event"),
    ("Russia", "claimed", "that a Syrian strike had hit a rebel depot with toxic agents", "alternative_explanation"),
    ("Israel", "said", "the blast was caused by a misfired rocket", "alternative_explanation"),
    ("Russia", "said", "the bomb was set off on the ground", "alternative_explanation"),
    ("The Taliban", "claimed responsibility for", "the bombing of the ministry", "claims_responsibility"),
    ("Israel's military", "said", "its jets struck targets in the port", "claims_responsibility"),
    ("Israel", "admitted", "that it had bombed the convoy", "claims_responsibility"),
    ("The United Nations", "declined", "to say who was behind the attack", "declines_to_attribute"),
    ("The OPCW", "said", "it did not have a mandate to name the attackers", "declines_to_attribute"),
    ("The army", "retracted", "its statement on the strike", "retracts"),
    ("The OPCW", "confirmed", "the use of sarin in the attack", "confirms_finding"),
    ("A doctor", "said", "nine people were brought in", "reports"),
    ("No group", "claimed", "responsibility for the blast", "reports"),
    ("A doctor", "said", "she could not blame anyone", "declines_to_attribute"),
]


@pytest.mark.parametrize(("source", "cue", "content", "stance"), STANCES)
def test_stance_of_a_sentence(source: str, cue: str, content: str, stance: str) -> None:
    found, _ = judge(source, cue, content)
    assert found.stance == stance


UNKNOWN = [
    ("A witness", "said", "Tervanian gunners had shelled the mill", "blames", "Tervanian gunners"),
    ("A witness", "said", "the mill had been shelled by the Karsk Front", "blames", "the Karsk Front"),
    ("A miller", "said", "soldiers had come at night and burnt the mill", "blames", "soldiers"),
    ("The court", "found", "Tervania guilty of having ordered the raid", "blames", "Tervania"),
    ("A deputy", "charged", "the militia with the killings", "blames", "the militia"),
    ("The panel", "traced", "the shells to a Tervanian base", "blames", "a Tervanian base"),
    ("A baker", "said", "nobody but the Karsk Front had such guns", "blames", "the Karsk Front"),
    ("Tervania", "said", "it had struck a depot in the hills", "claims_responsibility", None),
    ("The Karsk Front", "said", "its gunners had shelled the barracks", "claims_responsibility", None),
    ("The ministry", "admitted", "that one of its planes had hit the bus", "claims_responsibility", None),
    ("Tervania", "denied", "shelling the mill", "denies", "Tervania"),
    ("Tervania", "denied", "that its soldiers had burnt the mill", "denies", "Tervania"),
    ("A priest", "ruled out", "that the Karsk Front had burnt the mill", "denies", "the Karsk Front"),
    ("A general", "said", "none of his men had entered the mill", "denies", "his men"),
    ("Tervania", "said", "its planes had bombed nothing that night", "denies", "its planes"),
    ("An envoy", "said", "nothing shows any proof that Tervania had fired", "denies", "Tervania"),
    ("A channel", "called", "the raid an invention of Tervanian agents", "denies_event", "Tervanian agents"),
    ("A general", "said", "a mine laid by the Karsk Front had gone off", "alternative_explanation", "the Karsk Front"),
    ("A miller", "said", "the fire came of bad wiring and not of any raid", "alternative_explanation", None),
]


@pytest.mark.parametrize(("source", "cue", "content", "stance", "target"), UNKNOWN)
def test_names_that_no_list_knows_are_read_by_their_form(
    source: str, cue: str, content: str, stance: str, target: str | None
) -> None:
    found, words = judge(source, cue, content)
    assert (found.stance, words) == (stance, target)


REPORTS = [
    ("The ministry", "said", "two Russian soldiers had been killed by a mine"),
    ("A witness", "said", "Russian troops and Ukrainian soldiers had been killing each other"),
    ("An envoy", "said", "talks would go on a week after Russian shells hit the school"),
    ("An envoy", "said", "trains would run on the line that Russian missiles had cut"),
    ("Israel", "warned", "that it would hold Hamas responsible for any attack"),
    ("The court", "said", "it would examine the accusation that Russian jets had bombed the school"),
    ("A diplomat", "said", "that Ukraine had accused Russia of the strike"),
    ("The army", "denied", "a visa to the reporter who wrote of the Taliban"),
    ("Hamas", "rejected", "the truce that Israel had put forward"),
    ("Russia", "did not deny", "that its jets had struck the school"),
    ("A new brigade", "took", "responsibility for the sector from the Taliban"),
    ("A shopkeeper", "said", "the council had staged a protest against the Taliban"),
    ("Russia", "confirmed", "that its envoy would fly to Israel after the attack"),
    ("The video", "shows", "bodies of men killed in the strike"),
    ("Reuters", "reported", "a journalist killed in a Russian strike near the border"),
]


@pytest.mark.parametrize(("source", "cue", "content"), REPORTS)
def test_what_is_told_without_a_stance_is_a_report(source: str, cue: str, content: str) -> None:
    found, _ = judge(source, cue, content)
    assert found.stance == "reports"


@pytest.mark.parametrize(
    ("source", "cue", "content"),
    [
        ("The monitors", "said", "it was unclear whether Russian or Ukrainian guns had fired"),
        ("Israel", "neither confirmed nor denied", "that its jets had struck the port"),
        ("The envoy", "condemned", "the attack without naming Hamas or Israel"),
        ("The prosecutor", "would not say", "which side had fired"),
        ("A surgeon", "said", "it was for others to say who had done it"),
    ],
)
def test_who_leaves_the_doer_open_declines(source: str, cue: str, content: str) -> None:
    found, _ = judge(source, cue, content)
    assert (found.stance, found.target) == ("declines_to_attribute", None)


@pytest.mark.parametrize(
    ("source", "cue", "content", "target"),
    [
        ("Russia", "denied", "having bombed the hospital", "Russia"),
        ("Russia", "denied", "that the Syrian army had used sarin", "the Syrian army"),
        ("Hamas", "said", "the rebels do not possess such rockets", "the rebels"),
    ],
)
def test_a_denial_clears_whom_it_names_else_the_speaker(source: str, cue: str, content: str, target: str) -> None:
    found, words = judge(source, cue, content)
    assert (found.stance, words) == ("denies", target)


@pytest.mark.parametrize(
    ("cue", "content", "modality"),
    [
        ("said", "Russian forces shelled the town", "asserts"),
        ("believes", "Russian forces shelled the town", "suspects"),
        ("said", "Russian forces had probably shelled the town", "suspects"),
        ("said", "there was no evidence that Russian forces shelled the town", "no_evidence"),
    ],
)
def test_modality(cue: str, content: str, modality: str) -> None:
    assert judge("France", cue, content)[0].modality == modality


@pytest.mark.parametrize(
    ("content", "stance", "expected"),
    [
        (
            "helicopters dropped barrel bombs with chlorine",
            "reports",
            {"means": "chlorine", "mechanism": "barrel_bomb"},
        ),
        (
            "a strike hit a depot of toxic agents",
            "alternative_explanation",
            {"mechanism": "depot_hit", "happened": "yes"},
        ),
        ("the attack was staged", "denies_event", {"mechanism": "staged", "happened": "no"}),
        ("the raid killed at least 20 people", "reports", {"killed_low": 20, "killed_high": None}),
        (
            "twelve civilians were killed and 40 wounded",
            "reports",
            {"killed_low": 12, "killed_high": 12, "injured_low": 40},
        ),
        ("up to 1,300 people died", "reports", {"killed_low": None, "killed_high": 1300}),
        ("10 soldiers were killed and 12 rebels died", "reports", {"killed_low": None, "killed_high": None}),
        ("the bomb was set off on the ground", "alternative_explanation", {"mechanism": "ground_device"}),
        ("a couple and their four children had been killed", "reports", {"killed_low": 6, "killed_children_low": 4}),
        ("the report is a fabrication", "denies_event", {"mechanism": None, "happened": "no"}),
        ("talks will go on", "reports", {"happened": None, "means": None, "mechanism": None}),
    ],
)
def test_facts_as_the_wording_states_them(content: str, stance: str, expected: dict[str, object]) -> None:
    found = find_facts(content, "said", stance, "asserts").as_columns()
    assert {name: found[name] for name in expected} == expected


COUNTERFACTUALS = [
    ("Russia", "said", "“had it been a Russian strike, nothing would be left of the house”", "denies", "Russia"),
    ("Hamas", "said", "that if this were our rocket the crater would be deeper", "denies", "Hamas"),
    ("Israel", "said", "if we had struck the ward, there would be no ward", "denies", "Israel"),
    ("A baker", "said", "that had the Taliban shelled it, its own guards would have died", "denies", "the Taliban"),
    ("A baker", "said", "if the Taliban had not bombed the mill, nobody would have fled", "blames", "the Taliban"),
    ("Turkey", "said", "that if Russia shelled the pass again, it would answer", "reports", None),
    ("Turkey", "said", "that had Russia agreed to a truce, the children would have lived", "reports", None),
]  # fmt: skip


@pytest.mark.parametrize(("source", "cue", "content", "stance", "target"), COUNTERFACTUALS)
def test_what_did_not_follow_clears_or_blames(
    source: str, cue: str, content: str, stance: str, target: str | None
) -> None:
    found, words = judge(source, cue, content)
    assert (found.stance, words) == (stance, target)
