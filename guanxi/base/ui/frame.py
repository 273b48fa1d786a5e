"""The frame around each page: navigation, top bar, keys. The same for all who may open the same, so it is kept.

What differs by request stands in it as a mark and is put in at the end: the form token and the way back.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from django.template import engines
from django.utils import translation
from markupsafe import Markup, escape

from guanxi.base.ui import current, nav

# Of the private use area, which neither addresses nor our texts contain.
TOKEN, HERE = "\ue000token\ue001", "\ue000here\ue001"
Links = tuple[tuple[str, bool], ...]


def frame(template: str, *, theme: str, token: Callable[[], Markup]) -> Markup:
    request, person = current.request(), current.actor()
    links = tuple((link.entry.key, link.is_current) for link in nav.every_link())
    text = _kept(template, translation.get_language(), theme, person.label if person else "", links)
    here = str(escape(request.get_full_path())) if request else "/"
    return Markup(text.replace(TOKEN, token()).replace(HERE, here))  # noqa: S704 (escaped by the template and here)


@lru_cache(maxsize=1024)
def _kept(template: str, language: str | None, theme: str, person: str, links: Links) -> str:
    with current.framing():
        text: str = engines["jinja2"].get_template(template).template.render({"here": HERE})
        return text
