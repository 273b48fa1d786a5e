"""What a page holds as markup, judged: nothing of a payload may be an element, an attribute or an address of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

# Our pages have none of these.
STRANGE = {
    "iframe",
    "object",
    "embed",
    "base",
    "style",
    "math",
    "applet",
    "frame",
    "frameset",
    "marquee",
    "portal",
    "isindex",
    "video",
    "audio",
    "animate",
    "set",
    "foreignobject",
    "xss-a",
    "area",
    "xmp",
    "plaintext",
    "noembed",
    "noframes",
    "mglyph",
    "mtext",
    "source",
}
RUNS = re.compile(r"^(on|hx-on|data-hx-|x-|@|:|v-|ng-|srcdoc|style$|background$|xlink:href$)", re.IGNORECASE)
ADDRESSES = {
    "href",
    "src",
    "action",
    "formaction",
    "data",
    "hx-get",
    "hx-post",
    "hx-put",
    "hx-delete",
    "data-href",
    "data-again",
    "poster",
}
SCHEME = re.compile(r"^[a-z][a-z0-9+.\-]*:", re.IGNORECASE)
BLANKS = re.compile(r"[\x00-\x20\x7f\u2028\u2029]")
KNOWN = ("https:", "mailto:", "tel:")
# Of our own: the mark of the page, data the scripts read.
DATA_SCRIPTS = ("application/json",)
COMPUTED = "50337"


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.script: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in STRANGE or not re.fullmatch(r"[a-z][a-z0-9]*", tag):
            self.faults.append(f"element <{tag}>")
        if tag == "meta" and "http-equiv" in given:
            self.faults.append("element <meta http-equiv>")
        if tag == "script":
            self._script(given)
        for name, value in given.items():
            self._attribute(tag, name, value)

    def _script(self, given: dict[str, str]) -> None:
        if not given.get("src", "").startswith("/static/") and given.get("type") not in DATA_SCRIPTS:
            self.faults.append(f"script {given}")
        self.script = [] if given.get("type") in DATA_SCRIPTS else None

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if RUNS.match(name) or not re.fullmatch(r"[a-z][a-z0-9\-]*", name, re.IGNORECASE):
            self.faults.append(f"attribute {name} of <{tag}>")
        if name in ADDRESSES and (wrong := leads_away(value)):
            self.faults.append(f"{name} of <{tag}> {wrong}: {value[:60]!r}")
        if name in ("hx-vals", "hx-headers", "hx-trigger", "hx-swap-oob") and ("__xss" in value or "js:" in value):
            self.faults.append(f"{name} of <{tag}> holds {value[:60]!r}")
        if name in ("id", "name") and value in ("Guanxi", "htmx", "echarts"):
            self.faults.append(f"{name} of <{tag}> takes the place of {value}")

    def handle_data(self, data: str) -> None:
        if self.script is not None:
            self.script.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self.script is not None:
            text, self.script = "".join(self.script), None
            if "<" in text:
                self.faults.append("a sign of markup in data for scripts")
            try:
                json.loads(text)
            except ValueError:
                self.faults.append("data for scripts is broken")

    def handle_comment(self, data: str) -> None:
        if "__xss" in data:
            self.faults.append("a comment took a payload in")


def leads_away(value: str) -> str:
    plain = BLANKS.sub("", value)
    if plain.startswith(("//", "/\\", "\\")):
        return "leads to another host"
    if SCHEME.match(plain) and not plain.lower().startswith(KNOWN):
        return "runs or frames"
    is_ours = plain.startswith("/") or plain.lower().startswith("tel:")
    return "leads to a payload" if "xss.example" in plain.split("?")[0] and not is_ours else ""


def faults_in_page(text: str) -> Iterator[str]:
    reader = Reader()
    reader.feed(text)
    reader.close()
    yield from reader.faults
    if COMPUTED in text:
        yield "a template in a text was carried out"


def faults_in_triggers(header: str) -> Iterator[str]:
    """What a part tells our scripts beside itself."""
    for words in json.loads(header).values() if header.startswith("{") else []:
        for one in words if isinstance(words, list) else []:
            if wrong := leads_away(str(one.get("href", ""))):
                yield f"a toast {wrong}"


def faults_in_answer(response: Any) -> list[str]:
    kind = response.get("Content-Type", "")
    if response.streaming or response.get("Content-Disposition", "").startswith("attachment"):
        return []
    found = [*faults_in_triggers(response.get("HX-Trigger", ""))]
    if location := leads_away(response.get("Location", "") or response.get("HX-Redirect", "")):
        found.append(f"a way on {location}")
    if kind.startswith("text/html"):
        found += faults_in_page(response.content.decode())
    return found
