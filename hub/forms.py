"""One field template for every form."""

from django.forms.renderers import TemplatesSetting


class FieldRenderer(TemplatesSetting):
    """Fields tie their label, help and error together (RGAA 11)."""
