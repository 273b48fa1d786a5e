"""The named windows: where a process may die between two steps that belong together (trust.md 4.2, F-06)."""

from __future__ import annotations

from dataclasses import dataclass

from . import works
from .commands import (
    Command,
    a_file,
    calls,
    sends,
    somebody,
    sweep_a_day_later,
    thing,
    types,
)
from .dying import AFTER, AFTER_COMMIT, BEFORE, BEFORE_COMMIT, Moment

CUSTOMER = {"kind": "person", "name": "新来之人", "phone": "13866660001"}
CALL = {"kind": "call", "result": "reached", "note": "客户说每天早晚服用，睡眠比上周好一些，约定下周再联系"}
VISIT = {"event_name": "冬季会", "completed_on": "2026-11-16", "purchased": True, "product": "鱼油"}
COMMANDS = {
    "customer by a program": Command(calls("rep", "/customers", **CUSTOMER)),
    "customer by a form": Command(types("rep", "/customers/new", **CUSTOMER)),
    "activity": Command(calls("rep", "/customers/{customer}/activities", **CALL)),
    "file form": Command(calls("rep", "/file-forms", customer_id=thing("customer"), **VISIT)),
    "hand-over": Command(calls("manager", "/customers/{customer}/transfer", to=somebody("colleague"), why="调整")),
    "task handed over": Command(calls("rep", "/duties/{duty}/hand-over", to=somebody("colleague"), why="出差")),
    "upload": Command(
        types("rep", "/documents/on/customer/{customer}", file=a_file, label="scan"), afterwards=sweep_a_day_later
    ),
    "consent": Command(sends("consent")),
    "erasing": Command(sends("erasing"), afterwards=works.keep_up, entries=2),
    "permit": Command(sends("permit")),
    "sealed form": Command(sends("sealed form")),
    "registration": Command(sends("registration"), entries=3),
    "list received": Command(sends("list received")),
    "consequence": Command(sends("consequence")),
    "unit": Command(sends("unit")),
    "departure received": Command(sends("departure received")),
    "token ended": Command(sends("token ended")),
    "import": Command(works.import_file, before=works.started_import),
    "import undone": Command(works.undo, before=works.undo_begun),
    "export": Command(works.make_file, before=works.file_asked_for),
    "many at once": Command(works.change_many, before=works.many_chosen, entries=2),
    "rules": Command(works.rules, days=9, entries=0),
    "sealing": Command(works.seal, entries=0),
    "dead worker's job": Command(works.reap, before=works.job_of_a_dead_worker, entries=0),
}


@dataclass(frozen=True)
class Window:
    name: str
    command: str
    moment: Moment


ROWS, RECORD, PUBLISH = (
    "guanxi.base.kernel.statements:rows",
    "guanxi.base.audit.trail:record",
    "guanxi.base.audit.events:publish",
)
ANSWER = "UPDATE audit_operation SET answer"
EXPORTS, IMPORTS, BULK = (f"guanxi.base.records.{room}.running" for room in ("exports", "imports", "bulk"))
ARCHIVE, RULES = "guanxi.domain.archive", "guanxi.core.rulebooks.phases.run"
CONFIRMING, UNDOING, EXECUTE = (
    "guanxi.core.rulebooks.actions.proposal",
    "guanxi.base.records.imports.undoing",
    "psycopg:Connection.execute",
)
FORGET = "guanxi.base.records.imports.marks:forget"


def window(name: str, command: str, side: str, at: str, when: str = "", nth: int = 1) -> Window:
    return Window(name, command, Moment(side, at, when, nth))


WINDOWS = [
    # Any command: its effect, its answer, its commit, its response.
    window("effect there, answer not stored", "customer by a program", BEFORE, ROWS, ANSWER),
    window("answer stored, not committed", "customer by a program", AFTER, ROWS, ANSWER),
    window("right before the commit", "customer by a program", BEFORE_COMMIT, ROWS, ANSWER),
    window("committed, no response", "customer by a program", AFTER_COMMIT, ROWS, ANSWER),
    window("form committed, no page", "customer by a form", AFTER_COMMIT, ROWS, ANSWER),
    window("form's effect there, answer not stored", "customer by a form", BEFORE, ROWS, ANSWER),
    window("effect there, no trail row", "activity", BEFORE, RECORD),
    window("trail row there, nobody has heard", "activity", BEFORE, PUBLISH),
    window("duties settled, not committed", "activity", AFTER, PUBLISH),
    window("number taken, not committed", "file form", BEFORE, RECORD),
    window("form there, no duties yet", "file form", BEFORE, PUBLISH),
    window("customer handed over half way", "hand-over", BEFORE, RECORD),
    window("handed over, no response", "hand-over", AFTER_COMMIT, ROWS, ANSWER),
    window("task handed over half way", "task handed over", AFTER, RECORD),
    # Files of people.
    window("file on disk, no row", "upload", AFTER, "guanxi.core.documents.storage:Folder.put"),
    window("row with its file, not committed", "upload", BEFORE_COMMIT, RECORD),
    window("file half written", "upload", BEFORE, "guanxi.core.documents.storage:_Incoming._settle"),
    window("file and row committed, no page", "upload", AFTER_COMMIT, ROWS, ANSWER),
    # Decisions.
    window("consent written, not committed", "consent", BEFORE_COMMIT, RECORD),
    window("request closed, nothing erased", "erasing", AFTER, RECORD),
    window("erased half way", "erasing", AFTER, "guanxi.core.privacy.actions.erasure:erase_held"),
    window("erased, ledger not written", "erasing", BEFORE, "guanxi.core.privacy.ledger:write"),
    window("permit given, request still open", "permit", AFTER, "guanxi.base.org.permits:give"),
    window("permit used, action not ended", "sealed form", AFTER, "guanxi.base.org.permits:use"),
    window("hired, no account", "registration", AFTER, "guanxi.base.org.actions.registration:hire_staff"),
    window("account open, request undecided", "registration", BEFORE, "guanxi.base.org.actions.registration:_decide"),
    window("approved, password not shown", "registration", AFTER_COMMIT, ROWS, ANSWER),
    window("list received half way", "list received", AFTER, f"{ARCHIVE}.actions.transfer:settle_items"),
    window("forms handed on, sender not told", "list received", AFTER, f"{ARCHIVE}.actions.transfer:_hand_to"),
    window("confirmed, no line in the statement", "consequence", AFTER, f"{CONFIRMING}:_decide"),
    window("unit opened, not committed", "unit", AFTER, RECORD),
    window("departure received half way", "departure received", BEFORE, RECORD),
    window("token ended, not committed", "token ended", BEFORE, RECORD),
    # What a worker carries out.
    window("rows copied in, nothing made", "import", AFTER, f"{IMPORTS}:_read"),
    window("everything copied, not committed", "import", AFTER, f"{IMPORTS}:_end"),
    window("imported, the job not ended", "import", AFTER_COMMIT, f"{IMPORTS}:_end"),
    window("import undone half way", "import undone", AFTER, f"{UNDOING}:_remove"),
    window("import undone, not committed", "import undone", AFTER, FORGET),
    window(
        "import undone, the job not ended", "import undone", AFTER_COMMIT, "guanxi.base.records.imports.marks:forget"
    ),
    window("export written, nothing kept", "export", AFTER, f"{EXPORTS}:_write"),
    window("export kept, its state not", "export", AFTER, f"{EXPORTS}:keep"),
    window("export finished, the job not ended", "export", AFTER_COMMIT, f"{EXPORTS}:keep"),
    window("between two chunks", "many at once", AFTER_COMMIT, f"{BULK}:_tell"),
    window("a chunk half done", "many at once", BEFORE, f"{BULK}:_tell", nth=2),
    window("all chunks done, run not ended", "many at once", BEFORE, f"{BULK}:end_run"),
    # What the clock starts.
    window("duties raised, none settled", "rules", BEFORE, f"{RULES}:run_phase", "settle"),
    window("between two rules of a phase", "rules", AFTER, f"{RULES}:run_phase", "climb"),
    window("entries taken, no link", "sealing", BEFORE, "guanxi.base.audit.sealing:add_link"),
    window("link there, not committed", "sealing", AFTER, "guanxi.base.audit.sealing:add_link"),
    window("sealed, no head outside", "sealing", BEFORE, "guanxi.base.audit.sealing:write_down"),
    window("head written, not committed", "sealing", AFTER, "guanxi.base.audit.heads:Heads.add"),
    window(
        "revival counted, job not given back",
        "dead worker's job",
        AFTER,
        "psycopg:Connection.execute",
        "ops_revival (job",
    ),
    window("job given back, not committed", "dead worker's job", AFTER, EXECUTE, "retry_job"),
]
