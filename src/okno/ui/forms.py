"""Forms of Django drawn with our field: label, control, help, errors. `FORM_RENDERER = "okno.ui.forms.Renderer"`."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Draws `{{ form }}` and `{{ form.name.as_field_group }}`; needs `django.forms` among the installed apps."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"
