"""The pages and operations about consequences and their statements."""

from __future__ import annotations

from .matrix import HIS_DUTIES, MANAGES, STAFF, form, gives, operation, page, person, thing
from .sweep import Args
from .world import World

DECIDES, ABOUT_HIM = frozenset({"manager"}), frozenset({"rep"})
ABOVE = frozenset({"gm"})
TAKES_OUT = frozenset({"manager", "hangzhou", "service", "gm"})
RUNNING, OVER = gives(month="2026-11"), gives(month="2026-10")
TRAIL = ("audit_entry",)


def one(name: str) -> Args:
    return thing(name, "proposal_id")


def his(world: World) -> dict[str, object]:
    return {"month": "2026-11"} | person("rep")(world)


page("rulebooks:proposals", STAFF)
page("rulebooks:proposals", STAFF, query="?part=confirmed")
page("rulebooks:proposal", HIS_DUTIES, one("proposal"))
form("rulebooks:proposal-confirm", DECIDES, one("proposal"), gives(amount="20", note="核实"))
form("rulebooks:proposal-forgive", DECIDES, one("proposal"), gives(why="情有可原"))
form("rulebooks:proposal-appeal", ABOUT_HIM, one("confirmed proposal"), gives(text="当天停电"))
form("rulebooks:proposal-answer", ABOVE, one("appealed proposal"), gives(upheld="yes", why="属实"))
form("rulebooks:proposal-review", MANAGES, one("questioned proposal"), gives(takes_back="no", why="不变"))
page("rulebooks:statements", STAFF)
page("rulebooks:statement", STAFF, RUNNING)
form("rulebooks:statement-close", ABOVE, OVER)
page("rulebooks:statement-file", TAKES_OUT, RUNNING, query="?form=csv", writes=TRAIL)
page("rulebooks:statement-print", TAKES_OUT, RUNNING, writes=TRAIL)
page("rulebooks:statement-person", HIS_DUTIES, his)
page("rulebooks:statement-my-print", MANAGES | ABOUT_HIM, his, writes=TRAIL)
operation("proposals_list", STAFF)
operation("proposals_get", HIS_DUTIES, one("proposal"))
operation("proposals_confirm", DECIDES, one("proposal"), gives(note="核实"))
operation("proposals_forgive", DECIDES, one("proposal"), gives(why="情有可原"))
operation("proposals_appeal", ABOUT_HIM, one("confirmed proposal"), gives(text="当天停电"))
operation("proposals_answer", ABOVE, one("appealed proposal"), gives(upheld=False, why="不成立"))
