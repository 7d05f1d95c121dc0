"""PDF: whatever text comes, a document comes out, and nothing of it is read as code."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from hub.core.pdf import printable, render_pdf, unprintable

AT = datetime(2026, 11, 25, tzinfo=UTC)
SOURCE = b"""#let data = json(bytes(sys.inputs.data))
#set document(title: "Essai")
#set text(lang: "fr")
= Essai
#for line in data.lines [#line \\ ]
"""
STRANGE = [
    '#read("/etc/passwd") $x^2$ \\ "a" \'b\' @ref <lab> *b* _i_ `c` // /* {{ }} {% %} [',
    "محمد علي", "משה", "李雷", "😀 👩‍👩‍👧", "กข", "a\u202eb\u200fc", "a\x00b\x1b", "e\u0301", "\ud7ff\ue000\ufffe",
    "\u0600\u06dd\u08e2", "x" * 5000, "\u0301\u0302", "ﬁ", "", " ",
]  # fmt: skip


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "essai.typ"
    path.write_bytes(SOURCE)
    return path


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
def test_any_text_makes_a_document(source, text):
    assert render_pdf(source, {"lines": [text]}, at=AT).startswith(b"%PDF")


def test_random_texts_make_documents(source):
    drawn = random.Random(57)
    for _ in range(20):
        texts = ["".join(chr(drawn.randrange(1, 0x2FFF)) for _ in range(drawn.randrange(1, 60))) for _ in range(100)]
        assert render_pdf(source, {"lines": texts}, at=AT).startswith(b"%PDF")


def test_every_character_let_through_has_a_glyph(source):
    kept = [chr(code) for code in range(0x20, 0x3000) if not unprintable(chr(code)) and printable(chr(code))]
    assert len(kept) > 1300
    assert render_pdf(source, {"lines": kept}, at=AT).startswith(b"%PDF")


def test_what_is_not_printed_is_said():
    assert printable("Ngô Thị Ánh — Łódź, Œuvre, Ωmega, Иван, 12 €") == "Ngô Thị Ánh — Łódź, Œuvre, Ωmega, Иван, 12 €"
    assert printable("E\u0301lodie\u202e") == "Élodie"
    assert printable("李 😀") == "? ?"
    assert unprintable("李 et 😀, 李 encore, é, \u202e") == ["李", "😀"]
