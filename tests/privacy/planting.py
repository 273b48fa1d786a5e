"""A canary in every personal field that the inventory names, for one person, in every table; and looking for them."""

from __future__ import annotations

import io
import itertools
import zipfile
from datetime import date
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models

from guanxi.base.kernel import clock
from guanxi.base.kernel.personal import INVENTORY, About, Sort, Table
from guanxi.base.org.models import Account, Staff, Unit
from guanxi.core.customers.models import Contact, Customer

MARK = "canary7q"
BORN = date(1931, 3, 7)
NAME, PHONE = f"{MARK}name", "13899770077"
# What no row about the erased may hold, as text and as PostgreSQL shows bytes.
SOUGHT = (MARK, MARK.encode().hex(), PHONE, PHONE.encode().hex(), BORN.isoformat())

# Where the database wants more than a number.
ODD = {"penalty": 50}


class Planter:
    """Makes one row of each table about customers, filled from what the model says, tied to one person."""

    def __init__(self, staff: Staff) -> None:
        self.staff = staff
        self.count = itertools.count(1)
        self.made: dict[type[models.Model], Any] = {
            Staff: staff,
            Unit: Unit.objects.order_by("id").first(),
            Account: staff.account,
        }
        self.planted: list[str] = []

    def everywhere(self) -> Customer:
        for table in INVENTORY:
            if table.about == About.CUSTOMER and table.model is not Customer:
                self.row_of(table.model)
        customer: Customer = self.one(Customer)
        return customer

    def one(self, model: type[models.Model]) -> Any:
        if model not in self.made:
            found = None if self._is_about(model) else model._default_manager.order_by("pk").first()
            self.made[model] = found or self.row_of(model)
        return self.made[model]

    def row_of(self, model: type[models.Model]) -> Any:
        if model in self.made:
            return self.made[model]
        table = INVENTORY.find(model._meta.label)
        values = {}
        for field in model._meta.local_fields:
            if self._wants(field, table):
                values[field.attname if field.is_relation else field.name] = self._value(field, table)
        row = model(**values)
        row.save_base(raw=True, force_insert=True)  # also of models that only read
        self.made[model] = row
        return row

    def _is_about(self, model: type[models.Model]) -> bool:
        table = INVENTORY.find(model._meta.label)
        return bool(table and table.about == About.CUSTOMER)

    def _wants(self, field: Any, table: Table | None) -> bool:
        if table and field.name in table.personal and table.about == About.CUSTOMER:
            return True
        if field.name in ("customer", "contact", "subject_id", "subject_kind", "record_id", "record_kind"):
            return True
        if isinstance(field, models.GeneratedField | models.AutoField):
            return False
        return not (
            field.has_default() or field.null or field.has_db_default() or (field.blank and not field.is_relation)
        )

    def _value(self, field: Any, table: Table | None) -> Any:
        if field.name == "to_staff":
            return Staff.objects.exclude(pk=self.staff.pk).order_by("pk").values_list("pk", flat=True)[0]
        if field.is_relation:
            return self.one(field.related_model).pk
        if table and field.name in table.personal and not table.personal[field.name].stays:
            self.planted.append(f"{table.key}.{field.name}")
            return self._canary(field, table)
        if field.name in ("subject_kind", "record_kind", "form_kind", "kind") and not field.choices:
            return Customer.KIND
        if field.name in ("subject_id", "record_id", "form_id"):
            return self.one(Customer).pk
        return self._plain(field)

    def _canary(self, field: Any, table: Table) -> Any:
        text = self._text(field, table)
        if isinstance(field, SearchVectorField):
            return None  # planted by `search_words`
        if isinstance(field, models.JSONField):
            return {"x": [None, text]} if field.default is not list else [text]
        if isinstance(field, models.BinaryField):
            return zipped(text) if table.model.__name__ != "ImportPart" else text.encode()
        if isinstance(field, models.DateField):
            return BORN
        if isinstance(field, models.CharField | models.TextField) and not field.choices:
            return text[: field.max_length or None]
        if field.choices:
            return next(value for value, _label in field.choices if value)
        return True if isinstance(field, models.BooleanField) else BORN.year

    def _text(self, field: Any, table: Table) -> str:
        """Rows that nothing links to the person are found by how they are called."""
        if table.model is Customer and field.name in ("name", "phone"):
            return NAME if field.name == "name" else PHONE
        own = f"{MARK}{next(self.count):04}"
        if table.of or (table.by_hand and table.model.__name__ == "Entry"):
            return own
        return f"{NAME} {own}"

    def _plain(self, field: Any) -> Any:
        if isinstance(field, models.JSONField):
            return {}
        if isinstance(field, models.DateTimeField):
            return clock.now()
        if isinstance(field, models.DateField):
            return clock.today()
        if isinstance(field, models.DecimalField | models.IntegerField):
            return ODD.get(field.name, 1)
        if isinstance(field, models.BooleanField):
            return False
        if field.choices:
            return next(value for value, _label in field.choices if value)
        return f"t{next(self.count)}"[-(field.max_length or 9) :]


def zipped(text: str) -> bytes:
    """As spreadsheets are: nothing of the text can be seen in the bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f"<t>{text * 3}</t>")
    return buffer.getvalue()


def search_words() -> None:
    """Search columns hold words of their own kind."""
    with connection.cursor() as cursor:
        for table in INVENTORY:
            for field in table.model._meta.local_fields:
                if isinstance(field, SearchVectorField) and table.about == About.CUSTOMER:
                    cursor.execute(f"UPDATE {table.name} SET {field.column} = array_to_tsvector(%s)", [[MARK]])


def hits() -> dict[str, list[str]]:
    """Every table of the database, whether a model knows it or not, to what was found in it."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            for (row,) in cursor.fetchall():
                seen = [mark for mark in SOUGHT if mark in row or mark in unpacked(row)]
                if seen:
                    found.setdefault(table, []).extend(seen)
    return found


def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return [row[0] for row in cursor.fetchall()]


def unpacked(row: str) -> str:
    """What lies in zipped files within the row."""
    start = row.find("504b0304")
    if start < 0:
        return ""
    digits = "".join(itertools.takewhile(lambda char: char in "0123456789abcdef", row[start:]))
    try:
        with zipfile.ZipFile(io.BytesIO(bytes.fromhex(digits))) as archive:
            return " ".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    except (zipfile.BadZipFile, ValueError):
        return ""


def naming_fields() -> list[str]:
    return [f"{t.key}.{n}" for t in INVENTORY for n, held in t.personal.items() if held.sort == Sort.NAME]


__all__ = ["Contact", "Planter", "hits", "search_words", "tables"]
