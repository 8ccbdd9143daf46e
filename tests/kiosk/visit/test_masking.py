from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.visit.masking import mask_address, mask_answer, mask_bank_card, mask_name, mask_number, mask_person, mask_phone
from tests.kiosk.visit.samples import APPLICATION, NUMBER, PERSON


@pytest.mark.parametrize(
    ("mask", "whole", "shown"),
    [
        (mask_name, "", ""),
        (mask_name, "张", "*"),
        (mask_name, "张三", "张*"),
        (mask_name, "张小三", "张*三"),
        (mask_name, "欧阳小三", "欧**三"),
        (mask_name, "阿依古丽·买买提", "阿******提"),
        (mask_name, "John Smith", "J********h"),
        (mask_number, "369999199003070015", "369***********0015"),
        (mask_number, "36999919900307123X", "369***********123X"),
        (mask_number, "CHN360012345678", "C************78"),
        (mask_number, "E12345678", "E******78"),
        (mask_number, "123", "***"),
        (mask_number, "", ""),
        (mask_phone, "13800138000", "138****8000"),
        (mask_phone, "1380013", "1****13"),
        (mask_bank_card, "6222020200112233446", "***************3446"),
        (mask_bank_card, "1234", "****"),
        (mask_address, "江西省吉安市示例县示例镇工农兵大道9号", "江西省吉安市示例县示例镇****"),
        (mask_address, "北京市朝阳区建国路88号", "北京市朝阳区****"),
        (mask_address, "江西省景德镇市昌江区新枫街道瓷都大道1号", "江西省景德镇市昌江区新枫街道****"),
        (mask_address, "江西省萍乡市安源区高坑镇王家源村3组", "江西省萍乡市安源区高坑镇****"),
        (
            mask_address,
            "内蒙古自治区锡林郭勒盟东乌珠穆沁旗呼热图淖尔苏木一队",
            "内蒙古自治区锡林郭勒盟东乌珠穆沁旗呼热图淖尔苏木****",
        ),
        (mask_address, "工农兵大道9号", "****"),
        (mask_address, "", ""),
    ],
)
def test_nothing_more_is_shown_than_the_table_says(mask: object, whole: str, shown: str) -> None:
    assert callable(mask)
    assert mask(whole) == shown


@given(st.text(min_size=1, max_size=40), st.sampled_from([mask_name, mask_number, mask_phone, mask_bank_card]))
@settings(max_examples=100)
def test_no_mask_shows_the_whole(whole: str, mask: object) -> None:
    assert callable(mask)
    assert mask(whole) != whole or set(whole) == {"*"} or mask(whole).count("*") > 0


def test_a_form_is_masked_by_the_kind_of_its_questions() -> None:
    applicant, phone = APPLICATION.form[0].fields
    purpose, account = APPLICATION.form[1].fields
    assert mask_answer(applicant, "欧阳示例") == "欧**例"
    assert mask_answer(phone, "13800138000") == "138****8000"
    assert mask_answer(account, "6222020200112233446") == "***************3446"
    assert mask_answer(purpose, "证明用途") == "证明用途"


def test_a_person_is_masked_in_name_and_number() -> None:
    assert mask_person(PERSON) == ("欧**例", f"369***********{NUMBER[-4:]}")
