"""Real objects that somebody else owns, each protected field with a text found nowhere else.

All belong to representative 邱远 in Chengdu. Who asks: the cast, nobody at all, a closed account whose session still
lives, and tokens that only read, have ended, or belong to a closed account.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from PIL import Image

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.actions import (
    DepartureEntry,
    announce_departure,
    ask_permit,
    confirm_received,
    create_role,
    record_absence,
)
from guanxi.base.org.models import Account, ApiToken, Post, RegistrationRequest, Role, Staff, Unit
from guanxi.base.org.tokens import end_token, give_token
from guanxi.base.records.asked import Asked
from guanxi.base.records.bulk import BULK
from guanxi.base.records.bulk.actions import choose_records, confirm, look_at
from guanxi.base.records.bulk.models import BulkRun
from guanxi.base.records.exports.actions import ask_export
from guanxi.base.records.exports.asking import Wanted
from guanxi.base.records.exports.models import ExportRun
from guanxi.base.records.exports.running import carry_out
from guanxi.base.records.imports.models import ImportRun
from guanxi.base.records.own_fields.actions import Entry as OwnEntry
from guanxi.base.records.own_fields.actions import create_own_field
from guanxi.base.records.views.actions import create_segment, create_view
from guanxi.core.activities.actions import log_activity
from guanxi.core.activities.actions.activity import NewActivity
from guanxi.core.activities.actions.coming import announce_visit
from guanxi.core.activities.models import Activity, Coming
from guanxi.core.activities.screens.coming import COMING_VISITS
from guanxi.core.customers.actions import add_team_member, create_customer, remove_customer
from guanxi.core.customers.models import Customer, TeamMember
from guanxi.core.customers.screens.customer import CUSTOMERS
from guanxi.core.documents.actions import Incoming, attach_files, remove_document
from guanxi.core.documents.drawing import draw_waiting
from guanxi.core.documents.models import Document
from guanxi.core.messaging.channels.actions import ChannelEntry, create_channel
from guanxi.core.rulebooks.actions import approve_version, create_task, save_draft
from guanxi.core.rulebooks.models import Duty
from guanxi.domain.archive.actions import complete_file_form
from guanxi.domain.archive.models import FileForm
from tests.conftest import CAST
from tests.rulebooks.callbacks import CALLBACKS

from .backup_world import backup_things
from .consequence_world import consequence_things
from .custody_world import custody_things
from .privacy_world import privacy_things
from .safety_world import safety_things

SIGNED_IN = tuple(CAST)
ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0417"
# A closed account keeps its session cookie; a program keeps its token.
CLOSED, NOBODY = "closed", "nobody"
READ_ONLY, ENDED, CLOSED_TOKEN = "read-only", "ended", "closed-token"
CANARIES = {
    "name": "隐金雀",
    "phone": "13799990417",
    "address": "雀舌巷四百一十七号",
    "remark": "雀备注字样",
    "note": "雀谈话字样，记得很细",
    "product": "雀产品字样",
    "health": "雀健康字样",
    "task": "雀任务字样",
    "event": "雀活动字样",
    "file": "雀文件字样",
    "removed": "隐白鹭",
    "import": "雀导入字样",
}


@dataclass
class World:
    """`browsers` by who has a session, `tokens` by who has a token; `things` are ids by name."""

    customer: Customer
    removed: Customer
    member: TeamMember
    activity: Activity
    form: FileForm
    duty: Duty
    things: dict[str, int] = field(default_factory=dict)
    browsers: dict[str, Client] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def staff(self, login: str) -> Staff:
        return Staff.objects.get(account__login=login)

    def account(self, login: str) -> Account:
        return Account.objects.get(login=login)

    def post(self, login: str) -> Post:
        return Post.objects.get(staff__account__login=login)

    def unit(self, code: str) -> Unit:
        return Unit.objects.get(code=code)

    def role(self, key: str) -> Role:
        return Role.objects.get(key=key)


def actor_of(login: str) -> Actor:
    account = Account.objects.select_related("staff").get(login=login)
    return Actor(account.staff.name, "web", account_id=account.pk, staff_id=account.staff.pk)


def build_world() -> World:
    rep = actor_of("rep")
    put_rulebook_in_force()
    customer = create_customer(person(CANARIES["name"], CANARIES["phone"]), actor=rep)
    removed = create_customer(person(CANARIES["removed"], "13799990418"), actor=rep)
    remove_customer(removed.pk, actor=actor_of("manager"))
    form = complete_file_form(customer.pk, form_fields(), actor=rep)
    note = NewActivity(kind="call", result="reached", note=CANARIES["note"], happened_at=clock.now())
    activity = log_activity(customer.pk, note, actor=rep)
    duty = create_task(customer.pk, purpose=CANARIES["task"], due_on=clock.today(), actor=rep)
    doctor = Staff.objects.get(account__login="doctor")
    member = add_team_member(customer.pk, staff=doctor, role="service-doctor", actor=rep)
    world = World(customer, removed, member, activity, form, duty)
    let_in(world)
    furnish(world)
    return world


def put_rulebook_in_force() -> None:
    draft = save_draft(CALLBACKS, actor=actor_of("gm"))
    approve_version(draft.pk, effective_on=date(2026, 11, 1), actor=actor_of("gm"))
    save_draft(rulebook_text("second-book"), actor=actor_of("gm"))


def rulebook_text(key: str) -> str:
    """With one value for the company to fill in."""
    text = CALLBACKS.replace("huixiao-archive", key, 1).replace("due: 3 days", "due: first", 1)
    return text.replace("rules:", "parameters: {first: 3 days}\nrules:", 1)


def furnish(world: World) -> None:
    """What the pages of the administration work on, and two imports of the sales manager at different steps."""
    chengdu, admin = world.unit("chengdu"), actor_of("admin")
    spare = Unit.objects.create(code="spare", name="备用部", kind="department", parent=chengdu)
    shut = Unit.objects.create(code="shut", name="已撤部", kind="department", parent=chengdu, closed_on=clock.today())
    newcomer = Staff.objects.create(name="新来的", number="8888", joined_on=clock.today())
    absence = record_absence(
        world.staff("rep").pk, clock.today(), clock.today(), reason="休假", actor=actor_of("supervisor")
    )
    request = RegistrationRequest.objects.create(name="求账号", phone="13700000001", created_at=clock.now())
    role = create_role("spare", name="备用角色", name_en="Spare", like_id=None, actor=admin)
    give_token(world.account("rep"), name="own", actor=actor_of("rep"))
    entry = OwnEntry(label="会员卡号")
    own_field = create_own_field("customer", "text", entry, actor=admin)
    fresh, mapped = uploaded(world.browsers["manager"]), uploaded(world.browsers["manager"])
    choose(world.browsers["manager"], mapped)
    shared = create_view(CUSTOMERS, "给大家的", {"grade": "A"}, sharing="everybody", actor=actor_of("manager"))
    kept, gone = (put_file(world.customer, name) for name in (CANARIES["file"], "另一份"))
    remove_document(gone.pk, why="传错了", actor=actor_of("rep"))
    draw_waiting()
    segment = create_segment(CUSTOMERS, name="高价值", purpose="", criteria="grade = A", actor=actor_of("manager"))
    leaving = DepartureEntry(clock.today(), world.staff("doctor").pk)
    # Nobody leaves without a receiver's word, so the newcomer has it already.
    gone_soon = announce_departure(newcomer.pk, leaving, actor=admin)
    confirm_received(gone_soon.pk, actor=actor_of("doctor"))
    world.things = {
        "departure": announce_departure(world.staff("rep").pk, leaving, actor=admin).pk,
        "empty departure": announce_departure(world.staff("colleague").pk, leaving, actor=admin).pk,
        "document": kept.pk,
        "removed document": gone.pk,
        "view": shared.pk,
        "segment": segment.pk,
        "spare unit": spare.pk,
        "closed unit": shut.pk,
        "newcomer": newcomer.pk,
        "absence": absence.pk,
        "request": request.pk,
        "spare role": role.pk,
        "channel": create_channel(ChannelEntry("wecom", "早会群", address=ROBOT), actor=admin).pk,
        "own token": ApiToken.objects.get(name="own").pk,
        "own field": own_field.pk,
        "export": carry_out(ask_for_file().pk).pk,
        "asked export": ask_for_more().pk,
        "visit": announced(world.customer).pk,
        "cancelled visit": cancelled(announced(world.customer)).pk,
        "asked permit": ask_permit("print", "fileform", world.form.pk, purpose="核对", actor=actor_of("rep")).pk,
        "bulk run": bulk_run(world.customer).pk,
        "looked bulk run": looked_at(bulk_run(world.customer)).pk,
        "done bulk run": done_bulk_run().pk,
        "import": fresh,
        "mapped import": mapped,
    } | custody_things(world, actor_of)
    world.things |= consequence_things(world)
    world.things |= safety_things(world, actor_of)
    world.things |= backup_things(actor_of)
    world.things |= privacy_things(world, actor_of)


def put_file(customer: Customer, name: str, *, by: str = "rep") -> Document:
    """A picture, so that every address of it has something to give."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(out, "PNG")
    file = Incoming(f"{name}.png", out.tell(), out)
    return attach_files("customer", customer.pk, [file], label="scan", actor=actor_of(by))[0]


def announced(customer: Customer) -> Coming:
    return announce_visit(customer.pk, {"comes_on": clock.today(), "meal": "lunch"}, actor=actor_of("rep"))


def cancelled(visit: Coming) -> Coming:
    COMING_VISITS.remove(visit.pk, actor=actor_of("rep"), why="改期")
    return visit


def bulk_run(customer: Customer) -> BulkRun:
    return choose_records(BULK.get("customer-status"), CUSTOMERS, [customer.pk], actor=actor_of("manager"))


def done_bulk_run() -> BulkRun:
    """Of a customer of its own: it changes what the other lines begin with."""
    other = create_customer(person("众鸟之一", "13799990420"), actor=actor_of("rep"))
    return confirm(looked_at(bulk_run(other)).pk, actor=actor_of("manager"))


def looked_at(run: BulkRun) -> BulkRun:
    return look_at(run.pk, {"value": "active"}, actor=actor_of("manager"))


def ask_for_file(*, with_permission: bool = False) -> ExportRun:
    wanted = Wanted(format="csv", purpose="核对名单")
    return ask_export(CUSTOMERS, Asked(), wanted, with_permission=with_permission, actor=actor_of("manager"))


def ask_for_more() -> ExportRun:
    """More than is free: the general manager is asked."""
    with override_settings(EXPORT_WITHOUT_PERMIT=0):
        return ask_for_file(with_permission=True)


def choose(browser: Client, run_id: int) -> None:
    answer = browser.post(f"/imports/{run_id}/columns", columns_of(run_id))
    assert answer.status_code == 302, answer.content.decode()


def columns_of(run_id: int) -> dict[str, str]:
    run = ImportRun.objects.get(id=run_id)
    return {"encoding": run.encoding} | {f"map-{key}": str(index) for key, index in run.mapping.items()}


def person(name: str, phone: str) -> dict[str, Any]:
    more = {"address": CANARIES["address"], "remark": CANARIES["remark"], "birth_on": date(1950, 3, 2)}
    return {"kind": "person", "name": name, "phone": phone} | more


def form_fields() -> dict[str, Any]:
    bought = {"purchased": True, "product": CANARIES["product"], "health": CANARIES["health"]}
    return {"event_name": CANARIES["event"], "completed_on": clock.today()} | bought


def let_in(world: World) -> None:
    system = Actor.system("tests")
    for login in SIGNED_IN:
        world.browsers[login] = signed_in(login)
        world.tokens[login] = give_token(world.account(login), name="sweep", actor=system)
    world.tokens[READ_ONLY] = give_token(world.account("rep"), name="reads", actor=system, may_write=False)
    world.tokens[ENDED] = give_token(world.account("rep"), name="ended", actor=system)
    end_token(ApiToken.objects.get(name="ended"), actor=system)
    world.browsers[NOBODY] = Client()
    close_one(world)


def close_one(world: World) -> None:
    """A second general manager, who saw everything until the account was closed; the session still lives."""
    account = Account.objects.create_user("left", "correct horse battery", created_at=clock.now())
    Account.objects.filter(id=account.pk).update(must_change_password=False)
    staff = Staff.objects.create(account=account, name="离任者", number="9999", joined_on=date(2025, 1, 1))
    post = world.post("gm")
    Post.objects.create(staff=staff, unit=post.unit, role=post.role, starts_on=date(2025, 1, 1))
    world.browsers[CLOSED] = signed_in("left")
    world.tokens[CLOSED_TOKEN] = give_token(account, name="closed", actor=Actor.system("tests"))
    Account.objects.filter(id=account.pk).update(is_active=False)


def signed_in(login: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(login=login), backend="guanxi.base.org.signin.Backend")
    return client


def uploaded(browser: Client) -> int:
    """An import that the sales manager has begun: its raw rows are nobody else's to read."""
    header = "顾客姓名,联系电话,活动,登记日期,满意代表"
    text = f"{header}\n{CANARIES['import']},13799990419,讲座,2026-11-02,邱远\n"
    file = SimpleUploadedFile("forms.csv", text.encode())
    answer = browser.post("/imports", {"kind": "file-forms", "file": file})
    assert answer.status_code == 302, answer.content.decode()
    return int(answer["Location"].rsplit("/", 1)[1])
