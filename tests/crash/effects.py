"""Where the effect of each kind of command lies, said in SQL of the database alone, with nothing of the product.

`sql` gives (marker, id) of every effect. `times` of them belong to one command. `trail` is the name of the entry that
each of them must have exactly once, about a `subject` of that kind. `column` holds what marks the row: the tests of the
auditor alter it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Effect:
    kind: str
    column: str
    sql: str
    trail: str = ""
    subject: str = ""
    times: int = 1


EFFECTS = (
    Effect(
        "customer",
        "customers_customer.name",
        "SELECT name AS marker, id FROM customers_customer WHERE name ~ '^[杰移弃众][0-9]+-[0-9]+(x[0-9]+)?$'",
        "customers:customer:created",
        "customer",
    ),
    Effect(
        "entered",
        "customers_customer.name",
        "SELECT substr(name, 2) AS marker, id FROM customers_customer WHERE name ~ '^新[0-9]+-'",
        "customers:customer:created",
        "customer",
    ),
    Effect(
        "activity",
        "activities_activity.note",
        "SELECT substring(note FROM '第(.+?)位') AS marker, id FROM activities_activity WHERE note ~ '^第[ab][0-9]'",
        "activities:activity:logged",
        "activity",
    ),
    Effect(
        "fileform",
        "archive_fileform.event_name",
        "SELECT substr(event_name, 3) AS marker, id FROM archive_fileform WHERE event_name ~ '^活动[pt]?[0-9]+-'",
        "archive:fileform:completed",
        "fileform",
    ),
    Effect(
        "change",
        "customers_customer.remark",
        "SELECT substr(remark, 2) AS marker, id FROM customers_customer WHERE remark ~ '^改[0-9]+-'",
        "customers:customer:changed",
        "customer",
    ),
    Effect(
        "task",
        "rulebooks_duty.purpose",
        "SELECT substr(purpose, 3) AS marker, id FROM rulebooks_duty WHERE purpose ~ '^任务[0-9]+-'",
        "rulebooks:task:created",
        "duty",
    ),
    Effect(
        "finish",
        "rulebooks_duty.settled_note",
        "SELECT substr(settled_note, 3) AS marker, id FROM rulebooks_duty WHERE settled_note ~ '^办完[0-9]+-'",
        "rulebooks:task:done",
        "duty",
    ),
    Effect(
        "handover",
        "rulebooks_duty.purpose",
        "SELECT substr(purpose, 3) AS marker, id FROM rulebooks_duty"
        " WHERE purpose ~ '^任务[0-9]+-' AND assignee_id <> created_by_id",
        "rulebooks:duty:handed_over",
        "duty",
    ),
    Effect(
        "transfer",
        "customers_customer.name",
        # Given away: the owner is not who created it.
        "SELECT substr(c.name, 2) AS marker, c.id FROM customers_customer c JOIN audit_entry e"
        " ON e.kind = 'customer' AND e.subject_id = c.id AND e.name = 'customers:customer:created'"
        " WHERE c.name ~ '^移[0-9]+-' AND c.owner_id <> e.staff_id",
        "customers:customer:transferred",
        "customer",
    ),
    Effect(
        "removal",
        "customers_customer.name",
        "SELECT substr(name, 2) AS marker, id FROM customers_customer"
        " WHERE name ~ '^弃[0-9]+-' AND removed_at IS NOT NULL",
        "customers:customer:removed",
        "customer",
    ),
    Effect(
        "document",
        "documents_document.title",
        "SELECT substring(title FROM 'kept-(.+)[.]txt') AS marker, record_id AS id FROM documents_document"
        " WHERE title ~ '^kept-'",
        "documents:document:attached",
        "customer",
    ),
    Effect(
        "coming",
        "activities_coming.purpose",
        "SELECT substr(purpose, 3) AS marker, id FROM activities_coming WHERE purpose ~ '^来访[0-9]+-'",
        "activities:coming:announced",
        "coming",
    ),
    Effect(
        "permit",
        "org_permitrequest.purpose",
        "SELECT substr(purpose, 3) AS marker, id FROM org_permitrequest WHERE purpose ~ '^核对[0-9]+-'",
        "org:permit:asked",
        "permit",
    ),
    Effect(
        "papers",
        "archive_transfer.note",
        "SELECT substr(note, 3) AS marker, id FROM archive_transfer WHERE note ~ '^移交[0-9]+-'",
        "archive:transfer:sent",
        "transfer",
    ),
    # What jobs bring about: asked for once, and carried out once, whole.
    Effect(
        "export",
        "records_exportrun.purpose",
        "SELECT substr(purpose, 3) AS marker, id FROM records_exportrun r WHERE purpose ~ '^导出[0-9]+-'"
        " AND state = 'done' AND size = (SELECT sum(length(content)) FROM records_exportpart WHERE run_id = r.id)",
        "records:export:finished",
        "export",
    ),
    Effect(
        "import",
        "archive_fileform.event_name",
        "SELECT substr(event_name, 3) AS marker, id FROM archive_fileform WHERE event_name ~ '^导入[0-9]+-'",
        times=20,
    ),
    Effect(
        "bulk",
        "customers_customer.name",
        "SELECT substring(c.name FROM '^众(.+)x[0-9]+$') AS marker, c.id FROM customers_customer c"
        " WHERE c.name ~ '^众[0-9]+-' AND c.status = 'active' AND c.version = 2",
        times=3,
    ),
)
# One row each that jobs write when they are through, however often they were begun.
ENDED_ONCE = (
    ("import", "records_importrun", "records:import:finished"),
    ("bulkrun", "records_bulkrun", "records:bulk:ended"),
    ("export", "records_exportrun", "records:export:finished"),
)
# Where the work that a job carries out says what became of it.
RUNS = {"export": "records_exportrun", "import": "records_importrun", "bulk": "records_bulkrun"}
