"""Spans become attributions, and attributions share sources."""

from __future__ import annotations

from contested.claims.linking import Attribution, Grouping, Sharing, TaggedSpan, sharing_candidates, spans_of_labels


def spans(*roles: str) -> list[TaggedSpan]:
    return [TaggedSpan(role, 3 * k, 3 * k + 3, 0) for k, role in enumerate(roles)]


def fitted() -> Grouping:
    one = spans("source", "cue", "content")
    two = spans("source", "cue", "content", "source", "cue", "content")
    documents = [[(span, 0) for span in one]] * 5 + [[(span, k // 3) for k, span in enumerate(two)]] * 5
    return Grouping.fit(documents)


def test_labels_become_runs_that_end_with_their_paragraph() -> None:
    labels = ["B-source", "I-source", "O", "B-cue", "I-cue", "B-cue"]
    found = spans_of_labels(labels, [0, 0, 0, 0, 1, 1])
    assert [(s.role, s.start, s.end) for s in found] == [
        ("source", 0, 2), ("cue", 3, 4), ("cue", 4, 5), ("cue", 5, 6)
    ]  # fmt: skip


def test_grouping_cuts_where_the_patterns_say() -> None:
    runs = fitted().group(spans("source", "cue", "content", "source", "cue", "content"))
    assert [list(run) for run in runs] == [[0, 1, 2], [3, 4, 5]]


def test_grouping_survives_its_own_json() -> None:
    grouping = fitted()
    again = Grouping(**grouping.as_json())
    assert again.as_json() == grouping.as_json()


def test_groups_without_content_are_dropped() -> None:
    tokens = [(k, k + 1) for k in range(9)]
    assert fitted().attributions(spans("source", "cue"), tokens) == []


def test_a_source_is_shared_with_the_attribution_after_it() -> None:
    text = "Kor said it was a lie and claimed that nobody flew."
    first = Attribution(((0, 3),), ((4, 8),), ((9, 21),))
    second = Attribution((), ((26, 33),), ((34, 50),))
    ((number, candidates),) = sharing_candidates([first, second], text)
    assert number == 1
    assert [span for span, _ in candidates] == [(0, 3)]
    always, never = Sharing(20.0, {}), Sharing(-20.0, {})
    assert always.share([first, second], text)[1].source == ((0, 3),)
    assert never.share([first, second], text)[1].source == ()
