"""Django's bound form fields in the words of the `field` component."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from markupsafe import Markup

from .tables import safe

KINDS: list[tuple[type[forms.Widget], str]] = [
    (forms.PasswordInput, "password"),
    (forms.HiddenInput, "hidden"),
    (forms.CheckboxInput, "checkbox"),
    (forms.CheckboxSelectMultiple, "checks"),
    (forms.RadioSelect, "chips"),
    (forms.SelectMultiple, "multiselect"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.DateInput, "date"),
    (forms.DateTimeInput, "datetime-local"),
    (forms.FileInput, "file"),
    (forms.NumberInput, "number"),
    (forms.EmailInput, "email"),
]


def kind_of(widget: forms.Widget) -> str:
    return next((kind for type_, kind in KINDS if isinstance(widget, type_)), "text")


def options_of(field: BoundField) -> list[tuple[str, Any]]:
    choices = getattr(field.field, "choices", None) or []
    return [(str(value), label) for value, label in choices]


def bound(field: BoundField, **more: Any) -> dict[str, Any]:
    """Arguments for the macro: {{ field(**bound(form["name"])) }}."""
    widget = field.field.widget
    given = {
        "name": field.html_name,
        "label": field.label,
        "value": field.value(),
        "kind": kind_of(widget),
        "help": field.help_text,
        "errors": list(field.errors),
        "required": field.field.required,
        "options": options_of(field),
        "attrs": {name: value for name, value in widget.attrs.items() if name not in ("class", "style")},
    }
    return given | more


def option_lines(options: Iterable[tuple[Any, Any]], value: Any = None) -> Markup:
    """The options of a select. Made here and not in the template: there may be hundreds."""
    many = isinstance(value, Iterable) and not isinstance(value, str)
    chosen = {str(one) for one in value} if many else {"" if value is None else str(value)}
    lines = (
        f'<option value="{safe(key)}"{" selected" if str(key) in chosen else ""}>{safe(text)}</option>'
        for key, text in options
    )
    return Markup("\n".join(lines))  # noqa: S704 (both parts are escaped)
