"""A browser goes through the product as one person and writes down what it complains about.

Which pages: those of the navigation, those their links lead to, and those of the resolver that no link led to, with the
ids of records seen under the same path. One page per route and person, or more in the long form.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from playwright.async_api import Error as Broken

from tests.access.routes import Route, every_route
from tests.installation import ARGUMENTS, CHROMIUM, DEMO_PASSWORD

Answer = TypeVar("Answer")
# Told by the page itself: what the policy refused, and any script that runs and is not ours (tests/web/test_xss.py).
LISTEN = """
window.__xss = (what) => window.__told(`script ran: ${what}`);
for (const name of ["alert", "confirm", "prompt"]) window[name] = (what) => window.__told(`${name}: ${what}`);
document.addEventListener("securitypolicyviolation", (event) => window.__told(
  `violation of ${event.effectiveDirective} by ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`));
"""
# At the left, and in the menu of the person.
NAVIGATION = "nav a[href^='/'], header .menu-list a[href^='/']"
STORED = """async () => JSON.stringify([
  {...localStorage}, {...sessionStorage},
  (await indexedDB.databases()).map((one) => one.name),
  window.caches ? await caches.keys() : [],
])"""
NOTHING_STORED = "[{},{},[],[]]"
OPENERS = (
    "summary, [data-open], [data-drawer], [data-glance], button[hx-get], a[hx-get], [data-key], [data-field] button, "
    "[data-do], [role=tab], button[type=button]"
)
PRESS = """async ([openers, most]) => {
  const pause = (time) => new Promise((done) => setTimeout(done, time));
  const stay = (event) => event.cancelable && event.preventDefault();
  navigation.addEventListener("navigate", stay);
  document.addEventListener("submit", stay, true);
  const all = [...document.querySelectorAll(openers)].filter((one) => !one.closest("dialog"));
  for (const one of all.slice(0, most)) {
    one.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
    one.click();
    await pause(5);
    document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
  }
  await pause(80);
  navigation.removeEventListener("navigate", stay);
  document.removeEventListener("submit", stay, true);
  return Math.min(all.length, most);
}"""
# What a refusal looks like in the console is no fault of the page.
EXPECTED = ("Failed to load resource", "Response Status Error Code 4")
# Files and what other programs read.
NO_PAGES = re.compile(r"/(file|picture|refused\.csv|template/.*|export|openapi\.json|metrics|sign-out)$|/versions/\d+$")


def completed(work: Coroutine[Any, Any, Answer]) -> Answer:
    """In a thread of its own: in this one, the browser of the journeys may hold an event loop already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@dataclass
class Crawl:
    """`per_route` pages of each route; `presses` buttons of each page, 0 for none.

    `shared`: pages of each route that others opened, who go through the product at the same time; beyond `share` of
    them only the navigation is opened.
    """

    address: str
    login: str
    per_route: int = 1
    presses: int = 0
    shared: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    share: int = 10_000
    canaries: frozenset[str] = frozenset()
    complaints: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    pressed: int = 0
    at: str = ""
    seen: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    ids: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    async def run(self, browser: Browser) -> Crawl:
        context = await browser.new_context(viewport={"width": 1440, "height": 900})
        try:
            page = await self.page_of(context)
            await self.sign_in(page)
            links = await self.links(page)
            await self.follow(page, await self.navigation(page), is_shared=False)
            await self.follow(page, links)
            await self.follow(page, self.unlinked())
        finally:
            await context.close()
        return self

    async def page_of(self, context: BrowserContext) -> Page:
        page = await context.new_page()
        await page.expose_function("__told", self.tell)
        await page.add_init_script(LISTEN)
        page.on("console", lambda message: self.on_console(message.type, message.text))
        page.on("pageerror", lambda error: self.tell(f"script error: {error}"))
        page.on("request", lambda request: self.on_request(request.url))
        page.on("dialog", lambda dialog: asyncio.ensure_future(self.on_dialog(dialog)))
        return page

    def tell(self, what: Any) -> None:
        self.complaints.append(f"{self.login} at {self.at}: {what}")

    def on_console(self, kind: str, text: str) -> None:
        if kind == "error" and not text.startswith(EXPECTED):
            self.tell(text)

    def on_request(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.tell(f"foreign request {url}")

    async def on_dialog(self, dialog: Any) -> None:
        # Leaving a form with something typed asks first: that is ours.
        if dialog.type != "beforeunload":
            self.tell(f"dialog: {dialog.message}")
        await dialog.accept()

    async def sign_in(self, page: Page) -> None:
        self.at = "/sign-in"
        await page.goto(f"{self.address}/sign-in")
        await page.fill("input[name=login]", self.login)
        await page.fill("input[name=password]", DEMO_PASSWORD)
        await page.press("input[name=password]", "Enter")
        await page.wait_for_url(lambda url: "/sign-in" not in url)

    async def navigation(self, page: Page) -> list[str]:
        given = await page.eval_on_selector_all(NAVIGATION, "all => all.map(a => a.getAttribute('href'))")
        return [str(one) for one in given]

    async def follow(self, page: Page, waiting: Iterable[str], *, is_shared: bool = True) -> None:
        waiting = list(waiting)
        while waiting:
            path = waiting.pop(0)
            if self.wants(path, is_shared=is_shared):
                found = await self.look_at(page, path)
                waiting += found if is_shared else []

    def wants(self, path: str, *, is_shared: bool) -> bool:
        route = route_of(path)
        if not route or NO_PAGES.search(urlsplit(path).path) or self.seen[route] >= self.per_route:
            return False
        if is_shared and self.shared[route] >= self.share:
            return False
        self.seen[route] += 1
        self.shared[route] += 1
        return True

    async def look_at(self, page: Page, path: str) -> list[str]:
        self.at = path
        try:
            response = await page.goto(self.address + path, wait_until="domcontentloaded")
        except Broken as problem:
            # A file, not a page.
            if "Download is starting" not in str(problem) and "ERR_ABORTED" not in str(problem):
                self.tell(problem)
            return []
        if response is None or not response.headers.get("content-type", "").startswith("text/html"):
            return []
        self.judge(response.status, response.headers)
        if self.presses:
            await self.press(page)
        await self.look_into_storage(page)
        self.opened.append(path)
        return await self.links(page)

    def judge(self, status: int, headers: dict[str, str]) -> None:
        if status >= 500:
            self.tell(f"answers {status}")
        policy = headers.get("content-security-policy", "")
        if "default-src 'none'" not in policy or "unsafe" in policy:
            self.tell(f"policy {policy!r}")

    async def press(self, page: Page) -> None:
        try:
            self.pressed += await page.evaluate(PRESS, [OPENERS, self.presses])
        except Broken as gone:
            if "navigat" not in str(gone) and "destroyed" not in str(gone):
                self.tell(gone)

    async def look_into_storage(self, page: Page) -> None:
        try:
            stored = await page.evaluate(STORED)
        except Broken:
            await page.wait_for_load_state("domcontentloaded")
            stored = await page.evaluate(STORED)
        if stored != NOTHING_STORED:
            named = [one for one in self.canaries if one in stored]
            self.tell(f"web storage holds {stored[:200]}, among it {named}")

    async def links(self, page: Page) -> list[str]:
        given = await page.eval_on_selector_all(
            "a[href], [hx-get], [data-href]",
            "all => all.map(a => a.getAttribute('href') || a.getAttribute('hx-get') || a.dataset.href)",
        )
        found = [str(one).split("#")[0] for one in given if one and str(one).startswith("/")]
        for one in found:
            self.remember(urlsplit(one).path)
        return found

    def remember(self, path: str) -> None:
        """/customers/7/edit: 7 under /customers/."""
        for number in re.finditer(r"(?<=/)\d+(?=/|$)", path):
            before = path[: number.start()]
            if number[0] not in self.ids[before]:
                self.ids[before].append(number[0])

    def unlinked(self) -> list[str]:
        """Addresses of the resolver that no link led to, with ids seen under the same path."""
        made = []
        for route in every_route():
            if route.path not in self.seen and not route.path.startswith("api/"):
                made += self.filled(route)[: self.per_route]
        return made

    def filled(self, route: Route) -> list[str]:
        before, argument, after = re.match(r"([^<]*)(<int:\w+>)?(.*)", route.path).groups()
        if "<" in after:
            return []
        if not argument:
            return [f"/{before}"]
        return [f"/{before}{one}{after}" for one in self.ids.get(f"/{before}", [])]


def route_of(path: str) -> str:
    try:
        return str(resolve(urlsplit(path).path).route)
    except Resolver404:
        return ""


async def crawl_all(crawls: list[Crawl], *, at_once: int = 3) -> list[Crawl]:
    gate = asyncio.Semaphore(at_once)

    async def one(crawl: Crawl, browser: Browser) -> Crawl:
        async with gate:
            return await crawl.run(browser)

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            return list(await asyncio.gather(*(one(crawl, browser) for crawl in crawls)))
        finally:
            await browser.close()
