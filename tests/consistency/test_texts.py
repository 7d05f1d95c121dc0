"""Templates, files of tests and modules: what they never hold."""

from __future__ import annotations

import re
from pathlib import Path

from tests.consistency.test_layers import APPS, ROOT, SOURCES, lines, relative

TEMPLATES = sorted(p for app in APPS for p in (ROOT / app).rglob("*.html"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LONGEST = 400


def found(pattern: str, files: list[Path]) -> list[str]:
    wanted = re.compile(pattern, re.I | re.S)
    return [relative(path) for path in files if wanted.search(path.read_text())]


def test_templates_hold_no_script_nor_style():
    """The content security policy refuses them; a page that needs one is broken without saying so."""
    assert TEMPLATES
    assert found(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>\s*[^<\s]", TEMPLATES) == []
    assert found(r"<[a-z][^>]*\sstyle=", TEMPLATES) == []
    assert found(r"<style", TEMPLATES) == []
    assert found(r"<[a-z][^>]*\son(click|change|submit|load|input|error|keyup|focus)=", TEMPLATES) == []
    assert found(r"javascript:", TEMPLATES) == []


def test_no_attribute_holds_an_element():
    """`when` and `day` write a <time>, with its own title."""
    assert found(r'="[^"{}<>]*\{\{[^}]*\|(when|day)\s*\}\}', TEMPLATES) == []


def test_nothing_is_marked_safe_by_hand():
    assert found(r"\|\s*safe\b|autoescape off", TEMPLATES) == []
    by_us = {"icons.py", "markup.py"}  # our own icons, and what escapes all that it is given
    assert lines(r"\bmark_safe\(|SafeString\(", [p for p in SOURCES if p.name not in by_us]) == []


def test_no_page_loads_from_another_site():
    assert found(r"(src|href)=\"(https?:)?//(?!www\.w3\.org)[a-z]", TEMPLATES) == []


def test_no_serializer_shows_every_field():
    assert (
        lines(r"""__all__["']\s*$|fields\s*=\s*["']__all__""", [p for p in SOURCES if "serializers" in relative(p)])
        == []
    )


def test_files_stay_readable():
    long = {relative(p): len(p.read_text().splitlines()) for p in [*SOURCES, *TESTS]}
    assert {name: count for name, count in long.items() if count > LONGEST and "test_tabular" not in name} == {}


def test_tests_invent_their_people():
    """Addresses end in .invalid; a NIR in a test bears commune 990, which exists nowhere."""
    addresses = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
    real = {
        (relative(path), address)
        for path in TESTS
        for address in addresses.findall(path.read_text())
        if not address.endswith((".invalid", ".example.org", "@example.org", "@127.0.0.1"))
    }
    assert real == set()
    numbers = re.compile(r"\b[12]\d{2}(?:0[1-9]|1[0-2])(\d{2})(\d{3})\d{3}(?:\d{2})?\b")
    living = {
        (relative(path), match[0])
        for path in TESTS
        for match in numbers.finditer(path.read_text())
        if match[2] != "990" and match[1] not in ("99", "90")
    }
    known = {"269054958815780", "285046000000000"}  # the textbooks' example; a department, no commune and no order
    assert {pair for pair in living if pair[1] not in known} == set()


def test_no_unfinished_work():
    assert lines(r"\bTODO\b|\bFIXME\b|\bXXX\b|coming soon", SOURCES) == []
    assert found(r"bientôt disponible|à venir prochainement|lorem ipsum", TEMPLATES) == []
