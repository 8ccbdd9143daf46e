"""Pinyin by the real library."""

from __future__ import annotations

from pathlib import Path

import pytest

from ui.pinyin import MOST_LETTERS, Pinyin, PinyinTrouble, open_pinyin


@pytest.fixture
def pinyin():
    opened = open_pinyin()
    if isinstance(opened, PinyinTrouble):
        pytest.skip(f"libgooglepinyin0 is not installed here: {opened}")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("letters", "first"),
    [
        ("zhangwei", "张伟"),
        ("chaoyangqu", "朝阳区"),
        ("lajifenlei", "垃圾分类"),
        ("xi'an", "西安"),
        ("LVSE", "绿色"),
        ("nv", "女"),
    ],
)
def test_what_is_meant_comes_first(pinyin, letters, first):
    assert pinyin.search(letters)[0] == first


def test_one_letter_finds_characters_that_begin_with_it(pinyin):
    assert "张" in pinyin.search("zh")


@pytest.mark.parametrize("letters", ["", "v", "iii", "12", "张"])
def test_what_is_no_pinyin_finds_nothing(pinyin, letters):
    assert pinyin.search(letters) == ()


def test_a_whole_candidate_uses_up_all_letters(pinyin):
    pinyin.search("zhangwei")
    chosen = pinyin.choose(0)
    assert (chosen.text, chosen.rest) == ("张伟", "")


def test_a_shorter_candidate_leaves_the_letters_of_the_other_syllables(pinyin):
    place = pinyin.search("zhangweichaoyang").index("章")
    chosen = pinyin.choose(place)
    assert (chosen.text, chosen.rest) == ("章", "weichaoyang")


def test_letters_behind_the_last_syllable_stay(pinyin):
    pinyin.search("zhangweiii")
    assert pinyin.choose(0).rest == "ii"


def test_the_mark_between_syllables_does_not_stay_alone(pinyin):
    place = pinyin.search("xi'an").index("西")
    assert pinyin.choose(place).rest == "an"


def test_a_candidate_that_was_not_shown_is_empty(pinyin):
    pinyin.search("zhang")
    assert [pinyin.choose(place).text for place in (99_999, 2**40, -1)] == ["", "", ""]
    pinyin.reset()
    assert pinyin.choose(0).text == ""


def test_more_letters_than_the_library_takes_are_cut(pinyin):
    assert pinyin.search("zhongguo" * 20)
    assert len(pinyin.choose(0).rest) < MOST_LETTERS


def test_nothing_is_learned_from_what_was_chosen(pinyin):
    before = pinyin.search("zhangwei")
    for _ in range(20):
        pinyin.search("zhangwei")
        pinyin.choose(5)
    pinyin.reset()
    assert pinyin.search("zhangwei") == before


def test_a_reset_forgets_what_was_searched_for(pinyin):
    pinyin.search("zhangwei")
    pinyin.reset()
    assert pinyin.choose(0).text == ""


def test_what_was_chosen_is_in_no_repr(pinyin):
    pinyin.search("zhangweichaoyang")
    assert "张" not in repr(pinyin.choose(1))


def test_it_closes_once_and_opens_again(pinyin):
    pinyin.close()
    pinyin.close()
    with pytest.raises(ValueError, match="closed"):
        pinyin.search("zhang")
    again = open_pinyin()
    assert isinstance(again, Pinyin)
    assert again.search("zhangwei")[0] == "张伟"
    again.close()


def test_an_absent_library_is_named():
    assert open_pinyin("libnosuchpinyin.so.0") is PinyinTrouble.LIBRARY_MISSING


def test_an_absent_dictionary_is_named(pinyin, tmp_path: Path):
    assert open_pinyin(dictionaries=[]) is PinyinTrouble.DICTIONARY_MISSING
    assert open_pinyin(dictionaries=[tmp_path / "none.dat"]) is PinyinTrouble.DICTIONARY_MISSING


def test_a_dictionary_that_is_none_is_named(pinyin, tmp_path: Path):
    broken = tmp_path / "dict.dat"
    broken.write_bytes(b"no dictionary at all")
    pinyin.close()
    assert open_pinyin(dictionaries=[broken]) is PinyinTrouble.DICTIONARY_REFUSED
