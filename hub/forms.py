"""One field template for every form: label, help and error tied together (RGAA 11), Bootstrap classes in one place."""

from __future__ import annotations

from typing import Any

from django.forms import BoundField
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.safestring import SafeString

from hub.core.markup import fill, joined
from hub.templatetags.icons import svg

CLASSES = {
    "checkbox": "form-check-input",
    "checkbox_option": "form-check-input",
    "radio": "form-check-input",
    "radio_option": "form-check-input",
    "select": "form-select",
    "select_date": "form-select",
}
SELECT = "django/forms/widgets/select.html"
INPUTS = {
    f"django/forms/widgets/{kind}.html"
    for kind in ("text", "search", "email", "number", "tel", "url", "password", "hidden", "date", "time", "checkbox")
}
OPTION = '\n  <option value="{}"{}>{}</option>'
REQUIRED = fill(' <span class="required" title="obligatoire" aria-hidden="true">*</span>')
UNSTYLED = {"hidden", "multiple_hidden", "multiple_input", "checkbox_select"}


class FieldRenderer(DjangoTemplates):
    """Renders forms with `_fields.html`, dresses Django's own widgets, and draws what pages hold most of itself."""

    form_template_name = "_fields.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """Render one widget, field or form; a widget gets its classes, whoever declared it."""
        if "widget" in context:
            _dress(template_name, context["widget"])
            if template_name == SELECT:
                return _select(context["widget"])
            if template_name in INPUTS:
                return _input(context["widget"])
        if template_name == self.field_template_name:
            return _field(context["field"])
        return super().render(template_name, context, request)


def _dress(template_name: str, widget: dict[str, Any]) -> None:
    name = template_name.rpartition("/")[2].removesuffix(".html")
    for _, options, _ in widget.get("optgroups", []):
        if name in {"radio", "checkbox_select"}:
            for option in options:
                _add(option["attrs"], "form-check-input")
    if name in UNSTYLED or (name == "radio" and "optgroups" in widget):
        return
    _add(widget["attrs"], CLASSES.get(name, "form-control"))


def _add(attrs: dict[str, Any], name: str) -> None:
    given = attrs.get("class", "").split()
    wanted = [name] + (["is-invalid"] if attrs.get("aria-invalid") == "true" else [])
    attrs["class"] = " ".join([*given, *(w for w in wanted if w not in given)])


def _field(field: BoundField) -> SafeString:
    """One field: label, required mark, help and errors tied by aria-describedby."""
    named = fill("{}{}", field.label, REQUIRED if field.field.required else "")
    below = fill("{}{}", _help(field), _errors(field))
    if field.use_fieldset:
        described = _attrs({"aria-describedby": field.aria_describedby or False})
        legend = fill("<legend>{}</legend>", named) if field.label else ""
        return fill('<fieldset class="field"{}>{}{}{}</fieldset>', described, legend, field, below)
    if field.widget_type == "checkbox":
        label = fill('<label class="form-check-label" for="{}">{}</label>', field.id_for_label, named)
        return fill('<div class="field form-check">{}{}{}</div>', field, label, below)
    label = fill('<label for="{}">{}</label>' if field.label else "", field.id_for_label, named)
    return fill('<div class="field">{}{}{}</div>', label, field, below)


def _help(field: BoundField) -> str:
    if not field.help_text:
        return ""
    return fill('<div class="field-help"{}>{}</div>', _id(field, "helptext"), field.help_text)


def _errors(field: BoundField) -> str:
    if not field.errors:
        return ""
    told = joined(fill("<p>{} {}</p>", svg("circle-alert", 14), error) for error in field.errors)
    return fill('<div class="field-error"{}>{}</div>', _id(field, "error"), told)


def _id(field: BoundField, part: str) -> SafeString:
    return _attrs({"id": f"{field.auto_id}_{part}" if field.auto_id else False})


def _input(widget: dict[str, Any]) -> SafeString:
    """What Django's template draws."""
    value = {} if widget["value"] is None else {"value": widget["value"]}
    return fill("<input{}>", _attrs({"type": widget["type"], "name": widget["name"], **value, **widget["attrs"]}))


def _select(widget: dict[str, Any]) -> SafeString:
    """What Django's template draws, without a template for each option: filters hold dozens, on every list."""
    groups = joined(_group(name, options) for name, options, _ in widget["optgroups"])
    return fill('<select name="{}"{}>{}\n</select>', widget["name"], _attrs(widget["attrs"]), groups)


def _group(name: str | None, options: list[dict[str, Any]]) -> SafeString:
    drawn = joined(fill(OPTION, one["value"], _attrs(one["attrs"]), localize(one["label"])) for one in options)
    return fill('\n  <optgroup label="{}">{}\n  </optgroup>', name, drawn) if name else drawn


def _attrs(attrs: dict[str, Any]) -> SafeString:
    return joined(_attr(*one) for one in attrs.items() if one[1] is not False)


def _attr(name: str, value: Any) -> SafeString:
    return fill(" {}", name) if value is True else fill(' {}="{}"', name, value)
