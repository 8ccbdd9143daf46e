"""A document as PDF: an A4 page whose text can be found, the font embedded in part, and any text at all accepted."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.document_printer import pdf
from devices.document_printer.pdf import document_pdf
from devices.errors import FontMissing
from devices.receipt_printer.slip import Align, Line, Pair, Qr, Rule, Slip

pytest.importorskip("fpdf", reason="fpdf2 is not installed")

from fontTools.ttLib import TTFont

DOCUMENT = Slip(
    (
        Line("示例县政务服务中心", Align.CENTRE, bold=True),
        Line("住房公积金缴存证明", Align.CENTRE, large=True),
        Rule(),
        Pair("申请人", "欧**例"),
        Pair("缴存余额", "12345.67"),
        Qr("VC-778899", "扫码核验"),
    )
)
A4_POINTS = b"/MediaBox [0 0 595.28 841.89]"


def test_a_document_is_one_a4_page_with_a_part_of_the_font_in_it() -> None:
    document = document_pdf(DOCUMENT)
    assert document.startswith(b"%PDF-")
    assert document.count(b"/Type /Page\n") == 1
    assert A4_POINTS in document
    assert b"NotoSansCJK" in document.replace(b" ", b"")
    assert len(document) < 60_000


def test_the_bold_face_is_embedded_only_where_a_line_is_bold() -> None:
    plain = Slip(tuple(replace(block, bold=False) if isinstance(block, Line) else block for block in DOCUMENT.blocks))
    assert b"NotoSansCJKSCBold" in document_pdf(DOCUMENT)
    assert b"NotoSansCJKSCBold" not in document_pdf(plain)


def test_a_long_document_takes_more_pages() -> None:
    long = Slip(tuple(Pair(f"第{number}项", "城乡居民基本养老保险参保登记" * 4) for number in range(40)))
    assert document_pdf(long).count(b"/Type /Page\n") > 1


def test_without_a_chinese_font_the_trouble_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_face", lambda _: (tmp_path / "font.ttc", 0))
    with pytest.raises(FontMissing, match="embedded"):
        document_pdf(DOCUMENT)


def test_the_face_is_the_one_for_simplified_chinese() -> None:
    path, number = pdf._face(False)
    with TTFont(io.BytesIO(path.read_bytes()), fontNumber=number) as face:
        assert face["name"].getDebugName(1) == pdf.FAMILY


def test_a_character_that_the_font_lacks_is_named_nowhere(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    document_pdf(Slip((Pair("申请人", "欧\U00063e35例"),)))
    assert caplog.text == ""
    assert capfd.readouterr() == ("", "")


def test_the_characters_of_a_document_are_never_on_a_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pdf._as_file(b"a font") as path:
        assert path.read_bytes() == b"a font"
        assert [file for file in tmp_path.rglob("*") if file.is_file() and not file.is_symlink()] == []
    assert list(tmp_path.iterdir()) == []


@given(st.lists(st.builds(Pair, st.text(max_size=20), st.text(max_size=60)) | st.builds(Line, st.text(max_size=60)), max_size=3))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_becomes_a_document(blocks: list[Pair | Line]) -> None:
    assert document_pdf(Slip(tuple(blocks))).startswith(b"%PDF-")
