"""The Jinja2 environment that all our templates are compiled in."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.middleware.csrf import get_token
from django.template import engines
from django.templatetags.static import static as static_url
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, Undefined
from markupsafe import Markup

from guanxi.base.kernel import clock
from guanxi.base.ui import banners, current, fields, formats, frame, nav, toasts

OPERATION_FIELD = "op_key"
THEMES = ("auto", "light", "dark")


@lru_cache(maxsize=256)
def static(path: str) -> str:
    """The addresses of static files stand still while a process lives."""
    return static_url(path)


def url(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)


def gettext(message: str) -> str:
    """Catalogues stand still while a process lives, so each sentence is looked up once per language."""
    return _said(translation.get_language(), message)


@lru_cache(maxsize=8192)
def _said(language: str | None, message: str) -> str:
    return translation.gettext(message)


def fixed(template: str) -> Markup:
    """A part that is the same for everybody in one language, rendered once."""
    return _fixed(template, translation.get_language())


@lru_cache(maxsize=32)
def _fixed(template: str, language: str | None) -> Markup:
    return Markup(engines["jinja2"].get_template(template).render())  # noqa: S704 (our own template, escaped itself)


def ui_op(key: str = "") -> Markup:
    """The operation key of a form: sent twice, the action runs once (design: committed but unanswered)."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(OPERATION_FIELD, key or uuid4())


def csrf_field() -> Markup:
    """The same for all forms of a page: masking the token anew for each costs more than the rest of the form."""
    if current.is_framing():
        return Markup(frame.TOKEN)  # noqa: S704 (a mark of ours)
    request = current.request()
    if request is None:
        return Markup("")
    if not hasattr(request, "csrf_field"):
        markup = Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">')
        request.csrf_field = markup.format(get_token(request))
    field: Markup = request.csrf_field
    return field


def language() -> str:
    """For the lang attribute; "zh-CN" is what fonts and screen readers know."""
    code = translation.get_language() or settings.LANGUAGE_CODE
    return "zh-CN" if code.startswith("zh") else code


def theme() -> str:
    chosen = current.cookie(settings.THEME_COOKIE_NAME)
    return chosen if chosen in THEMES else "auto"


def framed(template: str) -> Markup:
    return frame.frame(template, theme=theme(), token=csrf_field)


def attributes(values: dict[str, Any] | None) -> Markup:
    """{"hx-get": "/x", "hidden": True, "title": None} as HTML attributes; False and None are left out."""
    pairs = ((name, value) for name, value in (values or {}).items() if value not in (False, None))
    return Markup("").join(
        Markup(" {}").format(name) if value is True else Markup(' {}="{}"').format(name, value) for name, value in pairs
    )


def initials(name: Any) -> str:
    """The one or two characters in an avatar: given name in Chinese, first letters elsewhere."""
    text = str(name or "").strip()
    if not text:
        return "?"
    if not text.isascii():
        return text[-2:]
    return "".join(word[0] for word in text.split()[:2]).upper()


GLOBALS: dict[str, Any] = {
    "url": url,
    "url_if": nav.url_if,
    "static": static,
    "csrf_field": csrf_field,
    "csrf_cookie": lambda: settings.CSRF_COOKIE_NAME,
    "ui_op": ui_op,
    "fixed": fixed,
    "framed": framed,
    "nav": nav.nav,
    "own_links": nav.own_links,
    "banners": banners.banners,
    "actor": current.actor,
    "current_path": current.path,
    "language": language,
    "theme": theme,
    "toasts": toasts.pending,
    "today": clock.today,
    "now": clock.now,
    "bound": fields.bound,
    "option_lines": fields.option_lines,
    "uid": lambda: uuid4().hex[:8],
    "zip": zip,
    "is_debug": lambda: settings.DEBUG,
}


def environment(**options: Any) -> Environment:
    # Missing names read as empty in development too, or a gallery there would look unlike the product.
    options["undefined"] = Undefined
    options.setdefault("cache_size", -1)
    env = Environment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"], **options)  # noqa: S701 (autoescape is on: Django's backend sets it)
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext
    )
    env.globals.update(GLOBALS)
    env.filters.update(formats.FILTERS | {"attributes": attributes, "initials": initials})
    return env
