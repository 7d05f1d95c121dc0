"""What Python draws is escaped as what templates draw."""

from django.utils.html import format_html

from hub.core.markup import fill, joined

WORDS = ("<b>", 'd\'Éssai & "fils"', 7, None, "plain", format_html("<i>{}</i>", "&"))


def test_values_are_escaped_as_django_does():
    for word in WORDS:
        assert fill("<td>{}</td>", word) == format_html("<td>{}</td>", word)


def test_what_is_joined_is_escaped_unless_it_is_html():
    assert joined([fill("<i>{}</i>", "<"), "<"]) == "<i>&lt;</i>&lt;"
