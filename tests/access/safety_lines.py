"""The pages that keep the house safe, under /settings/security."""

from __future__ import annotations

from typing import Any

from .matrix import EVERYONE, SEES, form, gives, operation, page, press, thing
from .world import World

KEEPERS = frozenset({"gm", "admin"})
REVIEW, LINE, REPORT = thing("review", "review_id"), thing("review line", "line_id"), thing("report", "report_id")


def its_line(world: World) -> dict[str, object]:
    return {"line": world.things["review line"]}


page("ops:security", KEEPERS)
page("ops:reviews", KEEPERS)
# One is under way already, and not finished.
press("ops:review-begin", KEEPERS, ok=(422,), audits=False)
page("ops:review", KEEPERS, REVIEW)
press("ops:review-confirm", KEEPERS, REVIEW, its_line)
press("ops:review-close", KEEPERS, REVIEW, ok=(422,), audits=False)
page("ops:review-file", KEEPERS, REVIEW, writes=("audit_entry",))
form("ops:review-line", KEEPERS, LINE, gives(step="object", note="权限过大"))
page("ops:checks", KEEPERS)
press("ops:check-report-make", KEEPERS)
page("ops:check-report", KEEPERS, REPORT)
page("ops:check-report-print", KEEPERS, REPORT, writes=("audit_entry",))
page("ops:check-report-file", KEEPERS, REPORT, writes=("audit_entry",))

# Whoever notices reports, and sees what they reported; who keeps the house safe judges.
INCIDENT, CONFIRMED = thing("data incident", "record_id"), thing("confirmed data incident", "record_id")
MINE = KEEPERS | {"rep"}
PRINTED: dict[str, Any] = {"writes": ("audit_entry",)}
A_REPORT = gives(title="手机丢失", what="loss", severity="low", description="手机遗失，已锁定", persons=0)
A_FILE = gives(format="csv", purpose="年度审计")
page("ops:dataincident-list", EVERYONE)
page("ops:dataincident-count", EVERYONE, ok=(302,))
form("ops:dataincident-columns", EVERYONE, data=gives(col="title"))
form("ops:dataincident-new", EVERYONE, data=A_REPORT)
page("ops:dataincident-card", MINE, INCIDENT, writes=("records_opened",))
page("ops:dataincident-glance", MINE, INCIDENT)
page("ops:dataincident-print", EVERYONE, **PRINTED)
page("ops:dataincident-card-print", MINE, INCIDENT, **PRINTED)
page("ops:dataincident-export", KEEPERS)
press("ops:dataincident-export", KEEPERS, data=A_FILE)
form("ops:dataincident-edit", KEEPERS, INCIDENT, gives(version=1, title="另一个说法"))
press("ops:dataincident-move", KEEPERS, INCIDENT, gives(field="severity", value="high", version=1))
form("ops:dataincident-judge", KEEPERS, INCIDENT, gives(verdict="yes", judgement="属实"))
form("ops:dataincident-told", KEEPERS, CONFIRMED, gives(whom="当事客户", at="2026-11-16T09:00"))
form("ops:dataincident-close", KEEPERS, thing("told data incident", "record_id"), gives(measures="已收回文件"))
operation("data_incidents_list", EVERYONE)
operation("data_incidents_get", MINE, INCIDENT)
operation("data_incidents_create", EVERYONE, data=A_REPORT, ok=(201,))
operation("data_incidents_change", KEEPERS, INCIDENT, gives(version=1, title="另一个说法"))

RISK, GONE = thing("risk", "record_id"), thing("removed risk", "record_id")
A_RISK = gives(title="硬盘老化", field="hardware", likelihood="3", impact="4", strategy="technical", state="open")
page("ops:risk-matrix", KEEPERS)
for name in ("list", "bin"):
    page(f"ops:risk-{name}", KEEPERS)
page("ops:risk-count", KEEPERS, ok=(302,))
form("ops:risk-columns", KEEPERS, data=gives(col="title"))
form("ops:risk-new", KEEPERS, data=A_RISK)
page("ops:risk-card", KEEPERS, RISK, writes=("records_opened",))
page("ops:risk-glance", KEEPERS, RISK)
page("ops:risk-print", KEEPERS, **PRINTED)
page("ops:risk-card-print", KEEPERS, RISK, **PRINTED)
page("ops:risk-export", KEEPERS)
press("ops:risk-export", KEEPERS, data=A_FILE)
form("ops:risk-edit", KEEPERS, RISK, gives(version=1, title="另一个风险"))
press("ops:risk-move", KEEPERS, RISK, gives(field="state", value="treated", version=1))
form("ops:risk-remove", KEEPERS, RISK, gives(why="重复"))
press("ops:risk-restore", KEEPERS, GONE)
operation("risks_list", KEEPERS)
operation("risks_get", KEEPERS, RISK)
operation("risks_create", KEEPERS, data=A_RISK, ok=(201,))
operation("risks_change", KEEPERS, RISK, gives(version=1, title="另一个风险"))
operation("risks_remove", KEEPERS, RISK, query="?why=x", ok=(204,))

A_DOCUMENT, A_NETWORK = thing("document", "document_id"), thing("network", "range_id")
# No conduct text is in force here; signing is walked through in tests/governance.
page("ops:obligations", EVERYONE)
press("ops:obligations", EVERYONE, data=gives(version="1", name="某人"), ok=(422,), audits=False)
page("ops:obligations-state", KEEPERS)
press("ops:obligations-remind", KEEPERS)
page("ops:checklists", KEEPERS)
form("ops:checklist-item", KEEPERS, gives(of="network", key="vpn"), gives(state="done", evidence="已换证书"))
page("ops:classification", KEEPERS)
press("ops:classification-save", KEEPERS, data=gives(**{"level.risk": "top-secret"}))
form("ops:document-level", SEES, A_DOCUMENT, gives(level="top-secret"))
page("ops:networks", KEEPERS)
press("ops:network-add", KEEPERS, data=gives(cidr="203.0.113.0/24", note="某竞争对手", on_sight="refuse"))
press("ops:network-remove", KEEPERS, A_NETWORK)
page("ops:trace", KEEPERS)
press("ops:trace", KEEPERS, data=gives(code="E00000001"), ok=(200,))
