"""Spellings of one name in Latin letters share a key; other names do not."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contested.base.transliteration import fold_name, fold_script, name_keys, same_name

SPELLINGS = [
    ("Gaddafi", "Qadhafi", "Kadhafi", "al-Gaddafi"),
    ("Zelensky", "Zelenskiy", "Zelenskyy"),
    ("Sheikhoun", "Shaykhun", "Cheikhoun"),
    ("Hussein", "Husayn", "Hussain"),
    ("Mohammed al-Rashid", "Muhammad Ar-Rashid", "Mohamad el Rashid"),
    ("Sergei Lavrov", "Sergey Lavrov"),
    ("Abdul Rahman", "Abdel Rahman", "Abd al-Rahman"),
    ("Ja'afari", "Jaafari"),
]


@pytest.mark.parametrize("spellings", SPELLINGS, ids=lambda names: names[0])
def test_spellings_of_one_name_are_the_same(spellings: tuple[str, ...]) -> None:
    assert len({fold_name(name) for name in spellings}) == 1
    assert all(same_name(one, other) for one in spellings for other in spellings)


def test_other_names_are_not() -> None:
    names = [names[0] for names in SPELLINGS] + ["Lavrenty", "Hassan", "Mohammed", "Rasheed Hamid"]
    assert not [(a, b) for a in names for b in names if a != b and same_name(a, b)]


@given(st.text(max_size=40), st.text(max_size=40))
def test_the_comparison_is_symmetric_and_never_raises(one: str, other: str) -> None:
    assert same_name(one, one)
    assert same_name(one, other) == same_name(other, one)


@pytest.mark.shared
def test_measured_on_place_names(shared_data: Path) -> None:
    path = shared_data / "places/translit_pairs_ocha_vs_syrian_archive.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    pairs = [(row["ocha_name_en"], row["sa_name_en"]) for row in rows]
    others = [(a, b) for k, (a, _) in enumerate(pairs) for j, (_, b) in enumerate(pairs) if k != j]
    right = sum(same_name(*pair) for pair in pairs)
    wrong = sum(same_name(*pair) for pair in others)
    assert right >= 0.9 * len(pairs)
    assert right >= 0.95 * (right + wrong)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bab al-Hawa", "باب الهوى"),
        ("Ash-Shaykh Khalil", "شيخ خليل"),
        ("AlMazra", "المزرعة"),
        ("Wilaya", "ولاية"),
        ("Hirnyk", "Гірник"),
        ("Gorlovo", "Горлово"),
        ("Horlovo", "Горлово"),
        ("Шевченкове", "Shevchenkove"),
    ],
)
def test_names_in_different_scripts_share_a_key(one: str, other: str) -> None:
    assert set(name_keys(one)) & set(name_keys(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("الأعظمية", "الاعظميه"),
        ("مدرسة", "مَدرَسـة"),
        ("على", "علي"),
        ("Київ", "киив"),
        ("Ґанок", "Ганок"),
        ("U.S.", "US"),
        ("Ma'adi", "Maadi"),
    ],
)
def test_writings_of_one_name_fold_alike(one: str, other: str) -> None:
    assert fold_script(one) == fold_script(other)


def test_a_name_without_letters_has_no_key() -> None:
    assert name_keys(" — ") == name_keys("") == ()


@given(st.lists(st.text(st.characters(exclude_characters="\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"))))
def test_many_names_fold_as_each_does_alone(names: list[str]) -> None:
    assert fold_script("\n".join(names)).split("\n") == ([fold_script(name) for name in names] or [""])


@given(st.text())
def test_the_first_key_is_the_folded_name_and_folds_no_further(name: str) -> None:
    for key in name_keys(name)[:1]:
        assert key == " ".join(fold_script(name).split())
        assert fold_script(key) == key


@given(st.text(alphabet="abdhklmnrstw aeiou'-", min_size=1))
def test_case_and_marks_change_no_key(name: str) -> None:
    assert name_keys(name.upper().replace("'", "’"))[:1] == name_keys(name)[:1]
