"""The pages."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from guanxi.base.kernel import clock
from guanxi.base.org.models import SessionOf
from tests.conftest import PASSWORD

from . import backup_lines, house_lines, privacy_lines, safety_lines  # noqa: F401  (more pages, in files of their own)
from .matrix import (
    A_CALL,
    ADMIN,
    AUTHOR,
    CAN_DELETE,
    EVERYONE,
    HIS_DUTIES,
    IMPORTS,
    LEADS,
    MANAGES,
    RECEIVES,
    RULES,
    SEES,
    STAFF,
    activity,
    customer,
    duty,
    file_form,
    form,
    gives,
    its_customer,
    nothing,
    page,
    person,
    press,
    public,
    removed,
    thing,
)
from .world import CANARIES, ROBOT, World, columns_of, rulebook_text


def a_step(world: World) -> dict[str, Any]:
    return {"kind": "fileform", "verb": "copy", "subject_id": world.form.pk}


NEW_CUSTOMER = gives(kind="person", name="崔强", phone="13800000001", status="potential")
THE_MANAGER = frozenset({"manager"})
THE_OWNER = frozenset({"rep"})
EXPORTS = frozenset({"manager", "hangzhou", "service", "gm"})
A_FILE = gives(format="csv", purpose="核对名单")
# Who goes through the day's callbacks of others.
CHECKERS = LEADS | {"doctor", "service", "hangzhou"}


def who_works_for_us(world: World) -> dict[str, Any]:
    return {"recipient": "processor", "processor": str(world.things["processor"])}


def its_card(world: World) -> dict[str, Any]:
    return {"kind": "customer", "record_id": world.customer.pk}


def to_the_colleague(world: World) -> dict[str, Any]:
    return {"to": world.staff("colleague").pk, "why": "休假"}


def another_member(world: World) -> dict[str, Any]:
    return {"staff": world.staff("service").pk, "role": "service-manager"}


def a_form(world: World) -> dict[str, Any]:
    return {"event_name": "冬季会", "completed_on": str(clock.today())}


def its_member(world: World) -> dict[str, Any]:
    return customer(world) | {"member_id": world.member.pk}


def on_customer(world: World) -> dict[str, Any]:
    return {"kind": "customer", "record_id": world.customer.pk}


def a_scan(_world: World) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("新扫描.txt", b"scan"), "label": "scan"}


def its_session(world: World) -> dict[str, Any]:
    """Found before it is ended, so that it can be asked for again."""
    if "own session" not in world.things:
        world.things["own session"] = SessionOf.objects.filter(account__login="rep").latest("id")
    return {"session_id": world.things["own session"].pk}


def pick_of(step: str) -> Any:
    return lambda world: {"kind": "customer", "step": step, "pick": world.customer.pk}


# ui, sign-in
public("ui:gallery", ok=(404,))
public("ui:theme", method="POST", data=gives(theme="dark"), ok=(302,))
public("account_login", ok=(200, 302))
public("org:sign_in_again", method="POST", data=gives(login="nobody"), ok=(422,))
public("org:language", method="POST", data=gives(language="en"), ok=(302,))
public("org:register")
press("account_logout", EVERYONE, audits=False)
public("org:second-factor", ok=(302,))
public("org:second-factor", method="POST", data=gives(code="123456"), ok=(302,))
page("org:confirm", EVERYONE)
press("org:confirm", EVERYONE, data=gives(password=PASSWORD), audits=False)
page("org:own-factor", EVERYONE)
press("org:own-factor", EVERYONE, data=gives(act="set-up", code="000000"), ok=(422,), audits=False)
page("org:sessions", EVERYONE)
press("org:session-end", THE_OWNER, its_session)
press("org:sessions-end-others", EVERYONE)
form(
    "account_change_password",
    EVERYONE,
    data=gives(old=PASSWORD, new="battery horse wrong", again="battery horse wrong"),
)

# records
page("records:search", EVERYONE)
page("records:search", EVERYONE, query="?q=yinjinque")
page("records:search", EVERYONE, query=f"?q={CANARIES['phone'][3:]}")
press("records:search-remember", EVERYONE, nothing, gives(q="zjg"), ok=(204,), audits=False)
page("records:imports", IMPORTS)
press("records:imports", IMPORTS, ok=(422,), audits=False)
page("records:import", THE_MANAGER, thing("import", "run_id"))
page("records:import", THE_MANAGER, thing("mapped import", "run_id"))
press("records:import-columns", THE_MANAGER, thing("import", "run_id"), lambda w: columns_of(w.things["import"]))
press("records:import-start", THE_MANAGER, thing("mapped import", "run_id"), gives(past="fold"))
press("records:import-stop", THE_MANAGER, thing("import", "run_id"))
page("records:import-template", IMPORTS, gives(kind="customers", form="xlsx"))
press("records:import-mapping", THE_MANAGER, thing("mapped import", "run_id"), gives(name="办事处模板"))
page("records:import-undo", THE_MANAGER, thing("import", "run_id"), ok=(409,))
press("records:import-undo", THE_MANAGER, thing("import", "run_id"), ok=(409,), audits=False)
page("records:import-refused", THE_MANAGER, thing("import", "run_id"), writes=("audit_entry",))
# The administrator exports risks and data incidents.
page("records:exports", EXPORTS | ADMIN)
page("records:export", THE_MANAGER, thing("export", "run_id"))
press("records:export-stop", THE_MANAGER, thing("asked export", "run_id"))
page("records:export-file", THE_MANAGER, thing("export", "run_id"), writes=("audit_entry",))
page("records:export-request", frozenset({"gm"}), thing("asked export", "run_id"))
press("records:export-permit", frozenset({"gm"}), thing("asked export", "run_id"))
press("records:export-decline", frozenset({"gm"}), thing("asked export", "run_id"), gives(reason="太多了"))
page("customers:customer-export", EXPORTS)
page("org:permits", EVERYONE)
page("org:permit-new", SEES, a_step)
press("org:permit-new", SEES - {"gm"}, a_step, gives(purpose="核对原件"), refusals=(409,))
page("org:permit", frozenset({"gm", "rep"}), thing("asked permit", "request_id"))
press("org:permit-answer", frozenset({"gm"}), thing("asked permit", "request_id"), gives(act="grant"))
press("customers:customer-export", EXPORTS - {"hangzhou"}, data=A_FILE, refusals=(422,))
page("customers:customer-print", STAFF, writes=("audit_entry",))
page("customers:customer-card-print", SEES, customer, writes=("audit_entry",))
# Paper for somebody outside: whoever prints, the customer's and what hangs on them.
page("records:paper-list", STAFF, gives(kind="customer"))
press("records:paper-list", STAFF, gives(kind="customer"), who_works_for_us, ok=(200,))
page("records:paper-card", SEES, its_card)
press("records:paper-card", SEES, its_card, who_works_for_us, ok=(200,))
page("archive:fileform-export", CAN_DELETE)
press("archive:fileform-export", MANAGES, data=A_FILE, refusals=(422,))
page("archive:fileform-print", STAFF, writes=("audit_entry", "archive_copyentry"))
page("archive:fileform-card-print", SEES, file_form, writes=("audit_entry", "archive_copyentry"))

page("records:own-fields", ADMIN)
form("records:own-field-new", ADMIN, gives(kind="customer"), gives(field_kind="text", label="爱好"))
form("records:own-field", ADMIN, thing("own field", "field_id"), gives(label="卡号", version="1"))
press("records:own-field-move", ADMIN, thing("own field", "field_id"), gives(to="up"), audits=False)
press("records:own-field-remove", ADMIN, thing("own field", "field_id"))
press("records:own-field-restore", ADMIN, thing("own field", "field_id"), audits=False)

page("records:bulk-runs", EVERYONE)
press("records:bulk-start", LEADS | {"hangzhou"}, data=pick_of("customer-transfer"))
page("records:bulk-run", THE_MANAGER, thing("bulk run", "run_id"))
press("records:bulk-preview", THE_MANAGER, thing("bulk run", "run_id"), gives(value="active"))
press("records:bulk-confirm", THE_MANAGER, thing("looked bulk run", "run_id"))
press("records:bulk-stop", THE_MANAGER, thing("bulk run", "run_id"))
press("records:bulk-undo", THE_MANAGER, thing("done bulk run", "run_id"))
page("records:bulk-refused", THE_MANAGER, thing("done bulk run", "run_id"), writes=("audit_entry",))

# views and segments, both of the sales manager; the view is shared with everybody
SHARERS = frozenset({"manager", "service", "hangzhou", "gm"})
A_SEGMENT = gives(kind="customer", name="新客群", where="grade = A", version=1)
page("records:views", EVERYONE)
page("records:view-new", STAFF, query="?kind=customer")
press("records:view-new", STAFF, nothing, gives(kind="customer", name="我的", words="status=active"))
form("records:view", SHARERS, thing("view", "view_id"), gives(name="改名", sharing="everybody", version=1))
press("records:view-keep", SHARERS, thing("view", "view_id"), gives(version=1, words="status=active"))
press("records:view-default", STAFF, thing("view", "view_id"))
press("records:view-delete", SHARERS, thing("view", "view_id"))
page("records:segments", EVERYONE)
page("records:segment-new", SHARERS, query="?kind=customer")
press("records:segment-new", SHARERS, nothing, A_SEGMENT)
form("records:segment", SHARERS, thing("segment", "segment_id"), A_SEGMENT)
page("records:segment-count", STAFF, thing("segment", "segment_id"))
press("records:segment-delete", SHARERS, thing("segment", "segment_id"))
page("records:criteria", STAFF, gives(path="customers"))
page("records:criteria", STAFF, gives(path="customers"), query="?where=exists(fileform)", is_part=True)
page("records:why", SEES, lambda world: {"path": "customers"} | customer(world), query="?where=exists(fileform)")

# customers
page("customers:customer-list", STAFF)
page("customers:customer-list", STAFF, query=f"?q={CANARIES['phone'][-4:]}&sort=name")
page("customers:customer-count", STAFF, ok=(302,))
form("customers:customer-columns", STAFF, data=gives(col="name"))
page("customers:customer-card", SEES, customer, writes=("records_opened",))
page("customers:customer-glance", SEES, customer)
page("customers:customer-list", STAFF, query="?as=board&by=status")
page("customers:customer-list", STAFF, query="?as=calendar&by=created_at")
press("customers:customer-move", SEES, customer, gives(field="status", value="active", version=1))
form("customers:duplicates", STAFF, nothing, gives(phone="13800000001"), ok=(200,))
form("customers:customer-new", STAFF, nothing, NEW_CUSTOMER)
form("customers:customer-edit", SEES, customer, gives(version=1, remark="改过的备注"))
form("customers:transfer", LEADS, customer, to_the_colleague)
form("customers:rest", SEES, customer, gives(is_do_not_disturb="on"))
form("customers:remove", MANAGES, customer, gives(why="重复"))
form("customers:team-add", SEES, customer, another_member)
press("customers:team-end", SEES, its_member)
page("customers:bin", CAN_DELETE)
press("customers:restore", MANAGES, removed)

# activities
form("activities:log", SEES, its_customer, A_CALL)
form("activities:edit", AUTHOR, activity, gives(version=1, note="另一种说法，说得更细"))
form("activities:remove", AUTHOR, activity, gives(why="记错人"))

# documents: on the customer, so for whoever sees and may change the customer
A_DOCUMENT = thing("document", "document_id")
page("documents:record", SEES, on_customer)
press("documents:record", SEES, on_customer, a_scan)
page("documents:document", SEES, A_DOCUMENT)
page("documents:outside", SEES, A_DOCUMENT)
press("documents:outside", SEES, A_DOCUMENT, who_works_for_us, ok=(200,))
page("documents:file", SEES, A_DOCUMENT, writes=("audit_entry", "audit_item"))
page(
    "documents:version",
    SEES,
    lambda w: {"document_id": w.things["document"], "number": 1},
    writes=("audit_entry", "audit_item"),
)
page("documents:picture", SEES, A_DOCUMENT)
press("documents:replace", SEES, A_DOCUMENT, a_scan)
form("documents:remove", SEES, A_DOCUMENT, gives(why="传错了"))
press("documents:restore", SEES, thing("removed document", "document_id"))

# messaging
page("messaging:centre", EVERYONE)
page("messaging:unread", EVERYONE)
press("messaging:read", EVERYONE, audits=False)
A_CHANNEL = {"name": "成都群", "address": ROBOT, "language": "en"}
page("messaging:channels", ADMIN)
form("messaging:channel-new", ADMIN, nothing, gives(**A_CHANNEL, provider="wecom"))
form("messaging:channel", ADMIN, thing("channel", "channel_id"), gives(name="改名群", language="en"))
press("messaging:channel-test", ADMIN, thing("channel", "channel_id"))
press("messaging:channel-remove", ADMIN, thing("channel", "channel_id"))
form("messaging:own-mail", EVERYONE, data=gives(late="on"))

# archive
A_VISIT = thing("visit", "record_id")
page("activities:coming-list", STAFF)
page("activities:coming-count", STAFF, ok=(302,))
form("activities:coming-columns", STAFF, data=gives(col="comes_on"))
page("activities:coming-card", RECEIVES, A_VISIT, writes=("records_opened",))
page("activities:coming-glance", RECEIVES, A_VISIT)
press("activities:coming-move", RECEIVES, A_VISIT, gives(field="meal", value="dinner", version=1))
form("activities:coming-edit", RECEIVES, A_VISIT, gives(version=1, comes_on="2026-11-21"))
page("activities:coming-export", CAN_DELETE)
press("activities:coming-export", MANAGES, data=A_FILE, refusals=(422,))
page("activities:coming-print", STAFF, writes=("audit_entry",))
page("activities:coming-card-print", RECEIVES, A_VISIT, writes=("audit_entry",))
page("activities:coming-bin", STAFF)
form("activities:coming-remove", RECEIVES, A_VISIT, gives(why="改期"))
press("activities:coming-restore", RECEIVES, thing("cancelled visit", "record_id"))
form("activities:coming-new", SEES, its_customer, gives(comes_on="2026-11-20"))
form("activities:coming-table", RECEIVES, thing("visit", "visit_id"), gives(table="锦江楼"))
page("archive:fileform-list", STAFF)
page("archive:fileform-count", STAFF, ok=(302,))
form("archive:fileform-columns", STAFF, data=gives(col="name"))
page("archive:fileform-card", SEES, file_form, writes=("records_opened",))
page("archive:fileform-glance", SEES, file_form)
page("archive:fileform-list", STAFF, query="?as=board")
page("archive:fileform-list", STAFF, query="?as=calendar")
press("archive:fileform-move", SEES, file_form, gives(field="purchased", value="false", version=1))
form("archive:fileform-edit", SEES, file_form, gives(version=1, product="另一产品"))
form("archive:form-new", SEES, its_customer, a_form)
form("archive:form-remove", MANAGES, file_form, gives(why="重复"))

# rulebooks
page("rulebooks:workbench", EVERYONE)
page("rulebooks:workbench", EVERYONE, query="?view=team")
page("rulebooks:workbench", EVERYONE, query="?part=today", is_part=True)
page("rulebooks:workbench", EVERYONE, query="?part=counts", is_part=True)
page("rulebooks:duties", STAFF)
page("rulebooks:duties", STAFF, query="?state=today")
page("rulebooks:duties", STAFF, query="?state=today&person=nobody")
page("rulebooks:duty", HIS_DUTIES, duty)
form("rulebooks:task-new", STAFF, nothing, gives(purpose="盘点", due_on="2026-11-20"))
form("rulebooks:duty-log", HIS_DUTIES, duty, gives(note="送到了"))
form("rulebooks:duty-postpone", HIS_DUTIES, duty, gives(until="2026-12-01", why="出差"))
form("rulebooks:duty-hand-over", HIS_DUTIES, duty, to_the_colleague)
form("rulebooks:duty-withdraw", HIS_DUTIES, duty, gives(why="不再需要"))
page("rulebooks:compliance", STAFF)
page("rulebooks:compliance-days", STAFF)
page("rulebooks:compliance-file", STAFF, query="?form=csv", writes=("audit_entry",))
page("rulebooks:compliance-print", STAFF, writes=("audit_entry",))
page("rulebooks:own-record", STAFF)
page("rulebooks:record", HIS_DUTIES, person("rep"))
page("rulebooks:board", CHECKERS)
press("rulebooks:board-check", CHECKERS, data=lambda world: {"day": str(clock.today()), "remark": "已看"})
page("rulebooks:board-checks", CHECKERS)
form("rulebooks:board-guidance", LEADS | {"doctor"}, duty, gives(text="先问近况，再谈用量"))
page("rulebooks:rulebooks", EVERYONE)
page("rulebooks:rulebook", EVERYONE, gives(key="huixiao-archive"))
form("rulebooks:rulebook-new", RULES, nothing, gives(text=rulebook_text("third-book")))
form("rulebooks:rulebook-draft", RULES, gives(key="second-book"), gives(text=rulebook_text("second-book")))
form("rulebooks:rulebook-approve", frozenset({"gm"}), gives(key="second-book"), gives(effective_on="2026-12-01"))
page("rulebooks:rulebook-approve", frozenset({"gm"}), gives(key="second-book"), query="?part=figures")
press("rulebooks:rulebook-values", RULES, gives(key="second-book"), gives(**{"value-first": "2 days"}))
form(
    "rulebooks:rulebook-switch-off",
    frozenset({"gm"}),
    gives(key="huixiao-archive"),
    gives(last_on="2026-12-31", why="不再会销"),
)
press("rulebooks:rulebook-read", EVERYONE, gives(key="huixiao-archive"), audits=False)
page("rulebooks:rulebook-readers", RULES, gives(key="huixiao-archive"))

# api: the description, and what is at no address
public("api:openapi")
public("api:nothing", ok=(404,))
