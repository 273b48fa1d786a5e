"""First-contact forms, the lists they go on, their allocation, and where they are sealed."""

from __future__ import annotations

from typing import Any

from .matrix import HIS_DUTIES, SEES, STAFF, form, gives, its_customer, nothing, operation, page, press, thing
from .world import World

# Everybody but the doctor, whom first-contact forms never reach.
READS = STAFF - {"doctor"}
COLLECT = frozenset({"rep", "colleague", "supervisor", "stranger"})
MANAGERS = frozenset({"manager", "hangzhou"})
HIS = frozenset({"rep"})
THE_MANAGER, THE_SERVICE = frozenset({"manager"}), frozenset({"service"})
KEEPS = frozenset({"manager", "service", "gm"})
INDEX = KEEPS | {"hangzhou"}
A_DRAFT, A_FORM = thing("contact draft", "record_id"), thing("contact form", "record_id")
NEW = gives(name="新来的顾客", collected_on="2026-11-16", filled_by="customer", step="draft")
WHY = gives(why="写错了")

page("archive:contactform-list", READS)
page("archive:contactform-count", READS, ok=(302,))
form("archive:contactform-columns", READS, data=gives(col="name"))
page("archive:contactform-card", HIS_DUTIES, A_FORM, writes=("records_opened",))
page("archive:contactform-glance", HIS_DUTIES, A_FORM)
page("archive:contactform-export", frozenset({"gm"}))
press("archive:contactform-export", frozenset({"gm"}), data=gives(format="csv", purpose="核对名单"))
page("archive:contactform-print", READS, writes=("audit_entry",))
page("archive:contactform-card-print", HIS_DUTIES, A_FORM, writes=("audit_entry",))
form("archive:contactform-new", COLLECT, nothing, NEW)
form("archive:contactform-edit", HIS, A_DRAFT, gives(version=1, area="武侯区", step="draft"))
form("archive:contactform-correct", HIS, A_FORM, WHY)
form("archive:contactform-remove", HIS | {"manager", "gm"}, A_DRAFT, WHY)


def to_the_manager(world: World) -> dict[str, Any]:
    return {"kind": "contactform", "to": world.staff("manager").pk, "forms": world.things["contact form"]}


A_LIST = thing("transfer", "transfer_id")
page("archive:transfers", STAFF)
page("archive:transfer-new", STAFF)
press("archive:transfer-new", HIS, data=to_the_manager, refusals=(422,))
page("archive:transfer", HIS_DUTIES, A_LIST)
page("archive:transfer-print", HIS_DUTIES, A_LIST, writes=("audit_entry",))
press("archive:transfer-receive", THE_MANAGER, A_LIST)
press("archive:transfer-cancel", HIS | {"gm"}, A_LIST)


def to_the_rep(world: World) -> dict[str, Any]:
    form_id = world.things["received contact form"]
    return {"forms": form_id, f"owner-{form_id}": world.staff("rep").pk}


A_GIFT = thing("allocation", "allocation_id")
page("archive:allocations", MANAGERS | {"gm"})
page("archive:allocation-new", MANAGERS)
press("archive:allocation-new", THE_MANAGER, data=to_the_rep, refusals=(422,))
page("archive:allocation", frozenset({"manager", "gm"}), A_GIFT)
page("archive:allocation-print", frozenset({"manager", "gm"}), A_GIFT, writes=("audit_entry",))

page("archive:sealed", INDEX)
page("archive:seal", THE_SERVICE)
press("archive:seal", THE_SERVICE, data=lambda world: {"forms": world.things["served contact form"]})
page("archive:sealed-form", KEEPS, thing("sealed form", "form_id"))
press("archive:sealed-form", THE_SERVICE, thing("sealed form", "form_id"), gives(purpose="核对"), refusals=(409, 422))
page("archive:sealed-content", THE_SERVICE, thing("opened form", "form_id"))
press("archive:sealed-close", THE_SERVICE, thing("opening", "opening_id"))
page("archive:sealed-box-print", KEEPS, thing("box", "box_id"), writes=("audit_entry",))

operation("contact_forms_list", READS)
operation("contact_forms_get", HIS_DUTIES, A_FORM)


def a_set(world: World) -> dict[str, Any]:
    return {"to": world.staff("rep").pk, "count": "2"}


PRINTS = frozenset({"service", "gm"})
A_TEMPLATE, A_SET = thing("form template", "template_id"), thing("form issue", "issue_id")
A_VERSION = gives(title="首次接触表", purpose="回访", consent="同意", effective_on="2026-12-01", lines="姓名 / Name")
page("archive:form-templates", STAFF)
page("archive:form-template", STAFF, A_TEMPLATE)
form("archive:form-version", PRINTS, A_TEMPLATE, A_VERSION)
form("archive:form-issue-new", PRINTS, A_TEMPLATE, a_set)
page("archive:form-issue", KEEPS | {"rep"}, A_SET)
press("archive:form-issue", PRINTS, A_SET, gives(sheets="1", state="lost"))
page("archive:form-issue-print", PRINTS, A_SET, writes=("audit_entry",))
form("archive:note-new", SEES, its_customer, gives(text="喜欢散步"))
press("archive:note-remove", HIS, thing("note", "note_id"))
