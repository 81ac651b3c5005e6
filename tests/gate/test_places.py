"""The gate reads both forms of corpora, and counts what is missing as wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.incidents.invented_places import make_gazetteer

from gate import places

FIRST_FORM = """<articles>
<article docid="1"><text><![CDATA[Shelling hit Karsk in Velmland. Zahmanet was quiet.]]></text><toponyms>
<toponym><phrase>Karsk</phrase><start>13</start><end>18</end><gaztag><name>Karsk</name><lat>10.5</lat><lon>20.5</lon></gaztag></toponym>
<toponym><phrase>Nowhere</phrase><start>1</start><end>2</end><gaztag><name>N</name><lat>1</lat><lon>1</lon></gaztag></toponym>
<toponym><phrase>Zahmanet</phrase><start>33</start><end>41</end></toponym>
</toponyms></article>
<article docid="2"><text>Karsk, Ostria</text><toponyms>
<toponym><phrase>Karsk</phrase><start>0</start><end>5</end><gaztag><name>Karsk</name><lat>50.1</lat><lon>60.1</lon></gaztag></toponym>
<toponym><phrase>Ostria</phrase><start>7</start><end>13</end><gaztag><name>Ostria</name><lat>50</lat><lon>60</lon></gaztag></toponym>
</toponyms></article></articles>"""
SECOND_FORM = """<articles><article><text>Shelling hit Karsk. Karsk burnt.</text><locations>
<location><name>Karsk</name><start>21</start><end>26</end><lat>10.5</lat><lon>20.5</lon></location>
</locations></article></articles>"""


@pytest.fixture(autouse=True)
def _invented_world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "load_gazetteer", lambda: make_gazetteer(own=False, region=False))


def test_both_forms_are_read_with_the_characters_of_their_names(tmp_path: Path) -> None:
    path = tmp_path / "first.xml"
    path.write_text(FIRST_FORM, encoding="utf-8")
    articles = places.read_articles(path)
    marked = {one.name: one for one in articles[0].marked}
    assert (marked["Karsk"].point, marked["Zahmanet"].point, marked["Nowhere"].start) == ((20.5, 10.5), None, -1)
    path.write_text(SECOND_FORM, encoding="utf-8")
    (article,) = places.read_articles(path)
    assert [(one.start, article.text[one.start : one.end]) for one in article.marked] == [(20, "Karsk")]
    path.write_text("<articles/>", encoding="utf-8")
    with pytest.raises(ValueError, match="no <article>"):
        places.read_articles(path)


def test_a_name_without_a_candidate_counts_as_wrong(tmp_path: Path) -> None:
    path = tmp_path / "first.xml"
    path.write_text(FIRST_FORM, encoding="utf-8")
    scores = places.score_articles(path)
    assert scores["choose.given.accuracy_161"] == 50.0
    assert scores["choose.given.accuracy_161_of_found"] == 100.0
    assert scores["check.given.accuracy_161"] == 100.0
    assert scores["check.read.recall"] == 100.0


def test_floors_are_kept_by_the_hash_of_the_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, floors = tmp_path / "first.xml", tmp_path / "floors.json"
    path.write_text(FIRST_FORM, encoding="utf-8")
    options = ["--articles", str(path), "--floors", "--floors-file", str(floors)]
    floors.write_text("{}", encoding="utf-8")
    assert places.main(options) == 2
    sha256 = json.loads(capsys.readouterr().out)["data_sha256"]

    def holds(**scores: float) -> bool:
        floors.write_text(json.dumps({"places": {sha256: {"scores": scores}}}), encoding="utf-8")
        return places.main(options) == 0

    assert holds(**{"check.given.accuracy_161": 99.0, "check.given.mean_km": 1.0})
    assert not holds(**{"choose.given.accuracy_161": 51.0})
    assert not holds(**{"check.given.mean_km": -1.0})
    assert not holds(**{"no.such.score": 0.0})


def test_labels_count_the_first_any_and_what_must_not_be_found(tmp_path: Path) -> None:
    labels, table = tmp_path / "labels.csv", tmp_path / "places.csv"
    labels.write_text(
        "hrw_label,ocha_name,sa_name,note\nEl-Marqab,Marqab,,\nTirhal,Karm al-Tirhal,,\nGulmar,Selk,,\n"
        "Brunnholm,,,no match found\nDolven,,,several\n",
        encoding="utf-8",
    )
    table.write_text("name_en,name_ar,lon,lat\nMarqab,المرقب,20.5,10.5\nKarm al-Tirhal,,20.4,10.5\nSelk,,20.3,10.3\n")
    scores = places.score_labels(labels, [table], (20.0, 10.0, 21.0, 11.0))
    assert scores == {"first": pytest.approx(200 / 3), "any": pytest.approx(200 / 3), "not_found": 100.0}
