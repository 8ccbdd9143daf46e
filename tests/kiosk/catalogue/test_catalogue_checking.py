"""Every mistake of a catalogue, at once, with its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.catalogue.checking import Document, check_documents, check_folder, dotted, read_zone
from kiosk.errors import Mistake
from kiosk.settings_words import OTHERWISE

HEAD = """id = "tax"
order = 3
name = { zh = "税务", en = "Tax" }
summary = { zh = "税", en = "Taxes" }
icon = "receipt_long"
colour = "#b5420f"
"""
ITEM = """
[[items]]
number = 29
code = "TX-029"
name = { zh = "完税证明", en = "Tax certificate" }
kind = "application"
summary = { zh = "开具", en = "Issue" }
department = { zh = "税务局", en = "Tax Bureau" }
who_may_apply = { zh = "本人", en = "Oneself" }
conditions = [
    { zh = "已缴税", en = "Tax is paid" },
]
card_fields = ["name", "number"]
working_days = 0
fee_yuan = 0
delivery = ["sms"]
hours = "00:00-24:00"
instant_approval = true
rules = [
    { subject = "tax", operator = "is", value = "income", meaning = { zh = "个税", en = "Income tax" } },
]

[[items.form]]
title = { zh = "查询", en = "Search" }
fields = [
    { name = "tax", label = { zh = "税种", en = "Tax" }, kind = "choice", choices = [
        { value = "income", label = { zh = "个税", en = "Income tax" } },
    ] },
    { name = "amount", label = { zh = "金额", en = "Amount" }, kind = "money" },
]
"""
ITEM_LINE = HEAD.count("\n") + 2
"""The line of `[[items]]`."""


def found_in(text: str, file: str = "tax.toml") -> list[Mistake]:
    document = read_zone(file, text.encode())
    return [document] if isinstance(document, Mistake) else list(check_documents([document]))


def the_line(text: str, words: str) -> int:
    return next(n for n, line in enumerate(text.split("\n"), start=1) if words in line)


def test_a_sound_zone_has_no_mistake() -> None:
    assert found_in(HEAD + ITEM) == []


CASES = {
    "an unknown key is named with the one meant": (
        'kind = "application"',
        'kind = "application"\nfee_yaun = 3',
        "fee_yaun",
        "items[0].fee_yaun",
        "unknown key 'fee_yaun'; did you mean 'fee_yuan'?",
    ),
    "an unknown key without a neighbour is only named": (
        'kind = "application"',
        'kind = "application"\nzzz = 3',
        "zzz",
        "items[0].zzz",
        "unknown key 'zzz'",
    ),
    "an unknown key deep in a form": (
        'kind = "money"',
        'kind = "money", requierd = false',
        'name = "amount"',
        "items[0].form[0].fields[1].requierd",
        "unknown key 'requierd'; did you mean 'required'?",
    ),
    "a wrong kind is named with those there are": (
        'kind = "application"',
        'kind = "aplication"',
        "aplication",
        "items[0].kind",
        "must be one of enquiry, print, application, payment; did you mean 'application'?",
    ),
    "a missing field is shown at its item": (
        'hours = "00:00-24:00"\n',
        "",
        "[[items]]",
        "items[0].hours",
        "the field 'hours' is missing",
    ),
    "missing English is said so": (
        '{ zh = "已缴税", en = "Tax is paid" }',
        '{ zh = "已缴税" }',
        "已缴税",
        "items[0].conditions[0].en",
        "the English text is missing",
    ),
    "Chinese in the English text": (
        'en = "Tax Bureau"',
        'en = "税务局"',
        "department",
        "items[0].department.en",
        "the English text holds Chinese characters",
    ),
    "a rule about no field": (
        'subject = "tax"',
        'subject = "income"',
        'subject = "income"',
        "items[0].rules[0].subject",
        "rule subject 'income' is no form field",
    ),
    "a rule about a choice that does not exist": (
        'value = "income", meaning',
        'value = "deed", meaning',
        'value = "deed"',
        "items[0].rules[0].value",
        "field 'tax' has no choice 'deed'",
    ),
    "a rule that compares a choice as a number": (
        'operator = "is"',
        'operator = "at-least"',
        'operator = "at-least"',
        "items[0].rules[0].operator",
        "'at-least' compares numbers, and field 'tax' is of kind 'choice'",
    ),
    "a rule whose number is none": (
        'subject = "tax", operator = "is"',
        'subject = "amount", operator = "at-least"',
        'subject = "amount"',
        "items[0].rules[0].value",
        "'at-least' needs a number, not 'income'",
    ),
    "a rule about the age that the item may not know": (
        'subject = "tax", operator = "is", value = "income"',
        'subject = "age", operator = "at-least", value = "80"',
        'subject = "age"',
        "items[0].rules[0].subject",
        "a rule about the age needs 'birth' in card_fields",
    ),
    "a choice field without choices": (
        'kind = "money"',
        'kind = "choice"',
        'name = "amount"',
        "items[0].form[0].fields[1]",
        "a choice field needs choices, and only a choice field may have them",
    ),
    "pages on what is not printed": (
        'hours = "00:00-24:00"',
        'hours = "00:00-24:00"\npages = 2',
        "pages = 2",
        "items[0].pages",
        "print items need pages, and only they",
    ),
    "a bundle flag without a bundle": (
        'hours = "00:00-24:00"',
        'hours = "00:00-24:00"\none_thing_bundle = true',
        "one_thing_bundle",
        "items[0].one_thing_bundle",
        "one_thing_bundle needs bundle, and only then",
    ),
    "a field from the card that the item may not take": (
        'kind = "money"',
        'kind = "money", from_card = "address"',
        'name = "amount"',
        "items[0].form[0].fields[1].from_card",
        "field 'amount' takes 'address' from the card, which card_fields does not list",
    ),
    "two fields of one name": (
        'name = "amount"',
        'name = "tax"',
        'kind = "money"',
        "items[0].form[0].fields[1].name",
        "two form fields share the name 'tax'",
    ),
    "opening hours that are none": (
        "00:00-24:00",
        "00:00-25:00",
        "25:00",
        "items[0].hours",
        r"should match pattern '^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$'",
    ),
    "a fee beyond all numbers": (
        "fee_yuan = 0",
        "fee_yuan = 1e99999999999999999999",
        "fee_yuan",
        "items[0].fee_yuan",
        "should be a finite number",
    ),
    "a sample mark that is no truth value": (
        'icon = "receipt_long"',
        'icon = "receipt_long"\nsample = "maybe"',
        "sample",
        "sample",
        "must be true or false",
    ),
}


@pytest.mark.parametrize(("old", "new", "mark", "path", "message"), CASES.values(), ids=CASES.keys())
def test_one_mistake_is_told_once_and_in_its_place(old: str, new: str, mark: str, path: str, message: str) -> None:
    text = HEAD + ITEM
    assert old in text
    text = text.replace(old, new, 1)
    (mistake,) = found_in(text)
    assert mistake == Mistake("tax.toml", the_line(text, mark), path, message)
    assert mistake.zh not in ("", OTHERWISE)


@pytest.mark.parametrize(
    ("old", "new", "zh"),
    [
        ('delivery = ["sms"]', "delivery = []", "至少 1 项"),
        ("fee_yuan = 0", 'fee_yuan = "some"', "应为数字"),
        ("fee_yuan = 0", "fee_yuan = 0.125", "小数最多 2 位"),
        ("fee_yuan = 0", "fee_yuan = 12345678901", "最多 10 位数字"),
        ('delivery = ["sms"]', "delivery = 3", "应为几项，写在 [ ] 里"),
        ('summary = { zh = "开具", en = "Issue" }', 'summary = "开具"', '应写成 { zh = "中文", en = "English" }'),
        ('    { name = "amount"', '    3, { name = "amount"', "应为几个键，写成 { 键 = 值 }"),
        ('code = "TX-029"', 'code = "tx29"', "应为两个大写字母、连字符和 3 位数字"),
        ('value = "income", meaning', 'value = "deed", meaning', "表单项 tax 没有选项 'deed'"),
        ('subject = "tax"', 'subject = "income"', "规则的 subject income 不是表单项"),
    ],
)
def test_what_is_wrong_is_told_in_plain_chinese(old: str, new: str, zh: str) -> None:
    assert old in HEAD + ITEM
    assert zh in [mistake.zh for mistake in found_in((HEAD + ITEM).replace(old, new, 1))]


def test_all_mistakes_are_told_at_once_and_none_hides_another() -> None:
    text = (HEAD + ITEM).replace("#b5420f", "orange")
    text = text.replace('subject = "tax"', 'subject = "gone"').replace("working_days = 0", "working_days = 0\nbundel = []")
    text = text.replace('hours = "00:00-24:00"', 'hours = "always"').replace('kind = "money"', 'kind = "cash"')
    text = text.replace('hours = "always"', 'hours = "always"\npages = 3')
    told = {(mistake.path, mistake.line) for mistake in found_in(text)}
    assert told == {
        ("colour", the_line(text, "orange")),
        ("items[0].bundel", the_line(text, "bundel")),
        ("items[0].hours", the_line(text, "always")),
        ("items[0].pages", the_line(text, "pages = 3")),
        ("items[0].form[0].fields[1].kind", the_line(text, "cash")),
    }
    # The rule is judged as soon as the form it speaks of is sound.
    mended = text.replace('kind = "cash"', 'kind = "money"')
    assert "items[0].rules[0].subject" in {mistake.path for mistake in found_in(mended)}


def test_the_same_code_and_number_in_two_zones_are_told_with_both_places() -> None:
    other = (HEAD + ITEM).replace('"tax"', '"credit"', 1).replace("order = 3", "order = 8")
    documents = [read_zone("tax.toml", (HEAD + ITEM).encode()), read_zone("credit.toml", ("\n" + other).encode())]
    told = [str(m) for m in check_documents([document for document in documents if isinstance(document, Document)])]
    assert told == [
        f"credit.toml:{ITEM_LINE + 2}: items[0].number: number 29 is already used at tax.toml:{ITEM_LINE + 1}",
        f"credit.toml:{ITEM_LINE + 3}: items[0].code: code 'TX-029' is already used at tax.toml:{ITEM_LINE + 2}",
    ]


def test_two_zones_may_not_share_their_id_or_order(tmp_path: Path) -> None:
    (tmp_path / "tax.toml").write_text(HEAD + ITEM, encoding="utf-8")
    second = ITEM.replace("TX-029", "TX-030").replace("number = 29", "number = 30")
    (tmp_path / "taxes.toml").write_text(HEAD + second, encoding="utf-8")
    assert [str(mistake) for mistake in check_folder(tmp_path).mistakes] == [
        "taxes.toml:1: id: id 'tax' is already used at tax.toml:1",
        "taxes.toml:1: id: unknown zone 'tax': this file is named for 'taxes'",
        "taxes.toml:2: order: order 3 is already used at tax.toml:2",
    ]


@pytest.mark.parametrize("ending", ["", "items = []\n"], ids=["no items at all", "an empty list"])
def test_a_zone_without_items_is_a_mistake(ending: str) -> None:
    told = found_in(HEAD + ending)
    assert [(mistake.path, mistake.message) for mistake in told] == [("items", "a zone needs items")]


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b'id = "tax"\nname = "Tax\norder = 1\n', 2, "not TOML: Illegal character '\\n'"),
        (b'id = "tax"\nid = "tax"\n', 2, "not TOML: Cannot overwrite a value"),
        (b'id = "tax"\n\nname = ', 3, "not TOML: Invalid value"),
        (b'id = "tax"\nname = "\xcb\xb0"\n', 2, None),
        (b'id = "tax"\nname = "\xb2\xe2"\n', 2, "not UTF-8 here"),
        (b"a = " + b"[" * 5000, 1, "not TOML: nested too deeply"),
        (b"a = " + b"[" * 50 + b"]" * 50, 1, "nested too deeply"),
        (b".".join([b"a"] * 400) + b" = 1", 1, "nested too deeply"),
        (b"order = " + b"9" * 5000, 1, None),
    ],
    ids=[
        "open string",
        "key twice",
        "end of file",
        "sound",
        "GB18030",
        "bottomless",
        "deep",
        "long dotted key",
        "endless number",
    ],
)
def test_what_is_no_toml_is_told_with_its_line(content: bytes, line: int, message: str | None) -> None:
    told = read_zone("tax.toml", content)
    wrong = [told] if isinstance(told, Mistake) else list(told.broken())
    assert message is None or [(one.file, one.line, one.message) for one in wrong] == [("tax.toml", line, message)]


def test_behind_what_is_no_toml_the_other_mistakes_are_told_and_none_that_only_follows_from_it() -> None:
    broken = (
        (HEAD + ITEM)
        .replace('department = { zh = "税务局", en = "Tax Bureau" }', 'department = { zh = "税务局" en = "Tax Bureau" }')
        .replace("working_days = 0", "working_dais = 0")
        .replace('    { name = "amount", label', "    { name = amount, label")
    )
    told = [(mistake.line, mistake.path) for mistake in found_in(broken)]
    assert told == [
        (the_line(broken, "[[items]]"), "items[0].working_days"),
        (the_line(broken, '"税务局" en'), ""),
        (the_line(broken, "working_dais"), "items[0].working_dais"),
        (the_line(broken, "name = amount"), ""),
    ]
    unclosed = (HEAD + ITEM).replace("[[items]]", "[[items]").replace('kind = "application"', 'kind = "nothing"')
    assert [mistake.line for mistake in found_in(unclosed)] == [the_line(unclosed, "[[items]"), the_line(unclosed, "nothing")]


@pytest.mark.parametrize("nothing", ["", "\n", "x = '", "x = [ }", "[", "= 5", "!", "'\n=\n[x]\n"])
def test_cutting_out_what_is_broken_comes_to_an_end(nothing: str) -> None:
    assert found_in(nothing)


def test_mistakes_are_told_in_chinese_too() -> None:
    text = (HEAD + ITEM).replace('kind = "application"', 'kind = "nothing"').replace(', en = "Issue" }', " }")
    broken = text.replace("working_days = 0", "working_days = ?").replace("fee_yuan = 0", "fee_yuan = -1\nfee = 2")
    assert {mistake.in_chinese for mistake in found_in(broken)} == {
        f"tax.toml 第 {the_line(broken, 'nothing')} 行 items[0].kind：应为 enquiry, print, application, payment 之一",
        f"tax.toml 第 {the_line(broken, '开具')} 行 items[0].summary.en：缺少英文",
        f"tax.toml 第 {the_line(broken, '= ?')} 行：这一行不合 TOML 写法",
        f"tax.toml 第 {the_line(broken, '= -1')} 行 items[0].fee_yuan：不能小于 0",
        f"tax.toml 第 {the_line(broken, 'fee = 2')} 行 items[0].fee：没有这个键",
    }


def test_of_what_is_no_file_of_ours_only_some_mistakes_are_told() -> None:
    assert len(found_in("x = [\n" * 1000)) == 1
    assert len(found_in("x = ?\n" * 40_000)) == 1


def test_a_byte_order_mark_and_dos_line_ends_change_no_line() -> None:
    text = (HEAD + ITEM).replace('kind = "application"', 'kind = "nothing"')
    dos = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    document = read_zone("tax.toml", dos)
    assert isinstance(document, Document)
    assert [mistake.line for mistake in check_documents([document])] == [the_line(text, "nothing")]


def test_an_absent_or_empty_folder_is_a_mistake_not_a_crash(tmp_path: Path) -> None:
    assert "cannot be read" in check_folder(tmp_path / "absent").mistakes[0].message
    assert "no zone file" in check_folder(tmp_path).mistakes[0].message
    (tmp_path / "tax.toml").mkdir()
    assert "cannot be read" in check_folder(tmp_path).mistakes[0].message


def test_odd_keys_are_quoted_in_paths() -> None:
    assert dotted(("items", 2, 'a "b"\n', "en")) == 'items[2]."a \\"b\\"\\n".en'


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=200) | st.text("[]{}.=\"'#\n\\, a1_é", max_size=80).map(str.encode))
def test_no_bytes_at_all_bring_the_check_down(content: bytes) -> None:
    document = read_zone("zone.toml", content)
    mistakes = [document] if isinstance(document, Mistake) else check_documents([document])
    assert mistakes
    assert all(mistake.file == "zone.toml" and mistake.line >= 1 and mistake.message for mistake in mistakes)


SNIPPETS = [
    "nan",
    "-inf",
    "1979-05-27",
    "0x" + "f" * 5000,
    "[]",
    "{}",
    "[[1]]",
    '""',
    "true",
    "1e400",
    "-1",
    "'x'",
    "{ zh = 1 }",
    "[{}]",
]


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_no_damage_to_a_sound_zone_brings_the_check_down(data: st.DataObject) -> None:
    lines = (HEAD + ITEM).split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        key, equals, _value = lines[at].partition(" = ")
        damages = ["", lines[at] + "]", "[" + lines[at], *(f"{key}{equals}{snippet}" for snippet in SNIPPETS)]
        lines[at] = data.draw(st.sampled_from(damages))
    text = "\n".join(lines)
    for mistake in found_in(text):
        assert 1 <= mistake.line <= len(lines)
        assert mistake.message
