"""The import of contacts: a row is a person at a customer, who is named by number, phone or name.

On a sheet of their own beside the customers they come in with them, and may belong to customers of the same file.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.org.scopes import scope_of
from guanxi.base.records.imports import readers
from guanxi.base.records.imports.kinds import STAGING, Batch, Column, Figure, ImportKind, Late, Outcome

from .models import Contact, Customer

COLUMNS = (
    Column(
        "name", _("Contact"), ("联系人", "联系人姓名", "contact name"), readers.name, is_required=True, is_text=True
    ),
    Column("customer_number", _("Number of the customer"), ("客户编号", "编号"), readers.text(20)),
    Column("customer_phone", _("Phone of the customer"), ("客户电话", "客户手机"), readers.a_phone, kind="phone"),
    Column("customer_name", _("Name of the customer"), ("客户", "客户名称", "公司", "公司名称"), readers.name),
    Column("phone", _("Phone"), ("电话", "手机", "手机号", "联系电话", "mobile"), readers.a_phone, kind="phone"),
    Column("position", _("Position"), ("职务", "职位", "title"), readers.text(60), is_text=True),
    Column("is_main", _("Main contact"), ("主要联系人", "主联系人"), readers.yes_no, "boolean"),
)
FIGURES = (
    Figure("rows", _("Rows read"), is_headline=True),
    Figure("contacts_new", _("New contacts"), "done", is_headline=True),
    Figure("contacts_known", _("Contacts known already")),
    Figure("refused", _("Rows refused"), "late", is_headline=True),
)
NOBODY = _("There is no customer you may change that fits this row.")
SEVERAL = _("Several customers fit this row. Give the number of the one that is meant.")
# One way after the other, so that each is a join the database does at once: by number, else by phone, else by name.
OWNERS = f"""
CREATE TEMP TABLE import_contact ON COMMIT DROP AS
SELECT r.line, count(t.id) AS found, min(t.id) AS customer_id FROM {STAGING} r LEFT JOIN (
  SELECT r.line, t.id FROM {STAGING} r JOIN customers_customer t ON t.number = r.customer_number
  WHERE t.removed_at IS NULL AND {{mine}}
  UNION ALL
  SELECT r.line, t.id FROM {STAGING} r JOIN customers_customer t ON t.phone = r.customer_phone
  WHERE r.customer_number IS NULL AND (r.customer_name IS NULL OR t.name = r.customer_name)
    AND t.removed_at IS NULL AND {{mine}}
  UNION ALL
  SELECT r.line, t.id FROM {STAGING} r JOIN customers_customer t ON t.name = r.customer_name
  WHERE r.customer_number IS NULL AND r.customer_phone IS NULL AND t.removed_at IS NULL AND {{mine}}
) t ON t.line = r.line GROUP BY r.line
"""  # noqa: S608 (constants only)
INSERT = f"""
INSERT INTO customers_contact (customer_id, name, phone, position, is_main, batch_id)
SELECT DISTINCT ON (o.customer_id, r.name, COALESCE(r.phone, '')) o.customer_id, left(r.name, 60),
  COALESCE(r.phone, ''), COALESCE(r.position, ''), COALESCE(r.is_main, FALSE), %(run)s
FROM {STAGING} r JOIN import_contact o ON o.line = r.line AND o.found = 1
WHERE NOT EXISTS (SELECT FROM customers_contact c WHERE c.customer_id = o.customer_id AND c.name = left(r.name, 60)
  AND (r.phone IS NULL OR c.phone = r.phone))
ORDER BY o.customer_id, r.name, COALESCE(r.phone, ''), r.line RETURNING customer_id
"""  # noqa: S608 (constants only)
REFUSED = "SELECT line, found FROM import_contact WHERE found <> 1 ORDER BY line"


def take_in_contacts(batch: Batch) -> Outcome:
    cursor, scope = batch.cursor, scope_of(batch.actor, Customer.KIND, "update")
    mine = "TRUE" if scope.everything else "(t.owner_id = ANY(%(staff)s) OR t.unit_id = ANY(%(units)s))"
    cursor.execute("DROP TABLE IF EXISTS import_contact")
    cursor.execute(OWNERS.format(mine=mine), {"staff": list(scope.staff_ids), "units": list(scope.unit_ids)})
    cursor.execute(INSERT, {"run": batch.run_id})
    customers = [row[0] for row in cursor.fetchall()]
    cursor.execute("SELECT count(*) FROM import_contact WHERE found = 1")
    counts = {"contacts_new": len(customers), "contacts_known": cursor.fetchone()[0] - len(customers)}
    cursor.execute(REFUSED)
    refused = [_late(line, found) for line, found in cursor.fetchall()]
    return Outcome(counts, changed=[(Customer.KIND, sorted(set(customers)))], refused=refused)


def _late(line: int, found: int) -> Late:
    return Late(line, "customer_several", SEVERAL) if found else Late(line, "customer_unknown", NOBODY)


def take_back(run_id: int) -> None:
    Contact.objects.filter(batch_id=run_id).delete()


CONTACTS = ImportKind(
    key="contacts",
    label=_("People at customers"),
    access_kind=Customer.KIND,
    columns=COLUMNS,
    apply=take_in_contacts,
    figures=FIGURES,
    leads_to=(("/customers", _("Customers")),),
    explain=_("Each row is a person at a customer, who is named by number, phone or name."),
    one_of=("customer_number", "customer_phone", "customer_name"),
    undo=take_back,
)
