"""Addresses of the module; all of them vanish when it is off."""

from __future__ import annotations

from django.urls import path

from okno.modules.form.views import confirming, editing, sending, waiting

app_name = "form"
EMBEDDED = {"is_embedded": True}
urlpatterns = [
    path("f/<str:form_key>/", sending.send, name="send"),
    path("f/<str:form_key>/embed/", sending.send, EMBEDDED, name="embedded_send"),
    path("f/<str:form_key>/thanks/<str:thanks_word>/", sending.thanks, name="thanks"),
    path(
        "f/<str:form_key>/embed/thanks/<str:thanks_word>/", sending.thanks, EMBEDDED, name="embedded_thanks"
    ),
    path("f/<str:form_key>/confirm/<str:confirm_word>/", confirming.confirm, name="confirm"),
    path("f/<str:form_key>/okno.js", sending.snippet, name="snippet"),
    path("forms/waiting/", waiting.waiting, name="waiting"),
    path("forms/waiting/<int:submission_id>/decision/", waiting.decide, name="decide"),
    path("forms/waiting/<int:submission_id>/files/<int:submission_file_id>/", waiting.file, name="file"),
    path("settings/forms/", editing.form_list, name="list"),
    path("settings/forms/new/", editing.form_new, name="new"),
    path("settings/forms/preview/", editing.preview, name="preview"),
    path("settings/forms/<int:form_id>/", editing.form_edit, name="edit"),
]
