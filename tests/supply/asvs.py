"""The register of the OWASP standard, docs/reference/asvs.md, read and held against the tree.

Only numbers and levels of the standard are kept here; its words are its own (CC BY-SA).
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference/asvs.md"
LEVELS = Path(__file__).with_name("asvs_ids.txt")
TESTED, CONFIGURED, DOCUMENTED = "tested", "configured", "documented"
NOT_MET, NOT_APPLICABLE = "not met", "not applicable"
VERDICTS = (TESTED, CONFIGURED, DOCUMENTED, NOT_MET, NOT_APPLICABLE)
BAR = 80
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (.*?) \| (.*?) \| (.*?) \|$", re.MULTILINE)
TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")
SETTING = re.compile(r"`([\w/.]+): ([^`]+)`")
LINK = re.compile(r"\]\(([^)#]+)(?:#([^)]+))?\)")
SHORTEST_REASON = 8


@dataclass(frozen=True)
class Row:
    id: str
    asks: str
    verdict: str
    proof: str

    @property
    def is_automated(self) -> bool:
        """A program says whether it holds; of a document, whether it is as the code."""
        return self.verdict in (TESTED, CONFIGURED) or (self.verdict == DOCUMENTED and bool(TEST.search(self.proof)))


def rows(text: str) -> list[Row]:
    return [Row(*found) for found in ROW.findall(text)]


def asked() -> dict[str, int]:
    """Each requirement of levels 1 and 2 with its level."""
    lines = [line.split(": ") for line in LEVELS.read_text().splitlines() if not line.startswith("#")]
    levels = {f"{section}.{n}": int(one) for section, all_ in lines for n, one in enumerate(all_.split(), 1)}
    return {id_: level for id_, level in levels.items() if level < 3}


def faults(text: str) -> Iterator[str]:
    found = rows(text)
    seen = Counter(row.id for row in found)
    yield from (f"{id_} is missing" for id_ in asked() if not seen[id_])
    yield from (f"{id_} stands there {count} times" for id_, count in seen.items() if count > 1)
    yield from (f"{id_} is not asked for" for id_ in seen if id_ not in asked())
    for row in found:
        yield from (f"{row.id}: {fault}" for fault in faults_of(row))
    yield from (f"not said at the top: {line}" for line in figures(found) if line not in text)
    yield from (f"{row.id} has no weight" for row in found if row.verdict == NOT_MET and row.id not in weighed(text))


def faults_of(row: Row) -> Iterator[str]:
    if row.verdict not in VERDICTS:
        yield f"{row.verdict!r} is no verdict"
    if len(row.asks.split()) > 8:
        yield "says more than eight words of what is asked"
    yield from _lacking(row)
    yield from (f"there is no test {path}::{name}" for path, name in TEST.findall(row.proof) if not has(path, name))
    yield from (f"{path} does not say {word}" for path, word in SETTING.findall(row.proof) if not says(path, word))
    yield from (f"there is no {path} {mark}".strip() for path, mark in LINK.findall(row.proof) if not leads(path, mark))


def _lacking(row: Row) -> Iterator[str]:
    """What each verdict has to bring along."""
    wanted = {TESTED: TEST, CONFIGURED: SETTING, DOCUMENTED: LINK}.get(row.verdict)
    if wanted and not wanted.search(row.proof):
        yield f"{row.verdict} without a proof"
    if row.verdict in (NOT_MET, NOT_APPLICABLE) and len(row.proof) < SHORTEST_REASON:
        yield f"{row.verdict} without a reason"


def weighed(text: str) -> set[str]:
    """What stands in the list of what is not met."""
    return set(re.findall(r"\d+\.\d+\.\d+", "\n".join(re.findall(r"^\d+\. .*$", text, re.MULTILINE))))


def has(path: str, name: str) -> bool:
    return name in functions(ROOT / "tests" / path)


@cache
def functions(file: Path) -> frozenset[str]:
    """Those that `make test` runs; the long forms do not count."""
    tree = ast.parse(file.read_text()) if file.exists() else ast.Module([], [])
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return frozenset(node.name for node in found if "pytest.mark.soak" not in map(ast.unparse, node.decorator_list))


def says(path: str, word: str) -> bool:
    return (ROOT / path).exists() and word in (ROOT / path).read_text()


def leads(path: str, mark: str) -> bool:
    file = PAGE.parent / path
    return file.exists() and (not mark or mark in headings(file.read_text()))


def headings(text: str) -> set[str]:
    named = (line.lstrip("#").strip().lower() for line in text.splitlines() if line.startswith("#"))
    return {re.sub(r"[^\w -]", "", name).replace(" ", "-") for name in named}


def figures(found: list[Row]) -> list[str]:
    """The lines that stand at the top of the page."""
    counts = Counter(row.verdict for row in found)
    applicable = [row for row in found if row.verdict != NOT_APPLICABLE]
    automated = [row for row in applicable if row.is_automated]
    compared = [row for row in automated if row.verdict == DOCUMENTED]
    share = 100 * len(automated) / max(1, len(applicable))
    return [
        *(f"| {verdict} | {counts[verdict]} |" for verdict in VERDICTS),
        f"| **all** | **{len(found)}** |",
        f"**{len(automated)} of {len(applicable)}** applicable rows are automated: **{share:.1f} %** (bar: {BAR} %)",
        f"{len(compared)} of them documents that a test compares with the code",
    ]
