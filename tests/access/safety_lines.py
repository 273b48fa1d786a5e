"""The pages that keep the house safe, under /settings/security."""

from __future__ import annotations

from .matrix import form, gives, page, press, thing
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
page("ops:check-report-print", KEEPERS, REPORT)
page("ops:check-report-file", KEEPERS, REPORT, writes=("audit_entry",))
