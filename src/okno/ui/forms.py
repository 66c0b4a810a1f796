"""Forms of Django drawn with our field: label, control, help, errors."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Draws `{{ form }}` and `{{ form.name.as_field_group }}`; needs the app `django.forms`."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"
