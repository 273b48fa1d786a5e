"""Lists are narrowed without a look into the records: their indexes carry what narrows. The new ones come first."""

from django.db import migrations, models

from guanxi.base.kernel.database.indexes import AddIndexConcurrently, RemoveIndexConcurrently


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0001_initial")]

    operations = [
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                models.OrderBy(models.F("created_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("removed_at", None)),
                include=("status", "grade", "owner", "unit", "last_contact_at"),
                name="customer_created",
            ),
        ),
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                models.F("owner"),
                models.OrderBy(models.F("created_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("removed_at", None)),
                include=("status", "grade", "unit", "last_contact_at"),
                name="customer_owner_created",
            ),
        ),
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                models.F("unit"),
                models.OrderBy(models.F("created_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("removed_at", None)),
                include=("status", "grade", "owner", "last_contact_at"),
                name="customer_unit_created",
            ),
        ),
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                models.F("pinyin"),
                models.F("id"),
                condition=models.Q(("removed_at", None)),
                include=("status", "grade", "owner", "unit", "created_at", "last_contact_at"),
                name="customer_pinyin",
            ),
        ),
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                models.F("owner"),
                models.F("pinyin"),
                models.F("id"),
                condition=models.Q(("removed_at", None)),
                include=("status", "grade", "unit", "created_at", "last_contact_at"),
                name="customer_owner_pinyin",
            ),
        ),
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                models.F("unit"),
                models.F("pinyin"),
                models.F("id"),
                condition=models.Q(("removed_at", None)),
                include=("status", "grade", "owner", "created_at", "last_contact_at"),
                name="customer_unit_pinyin",
            ),
        ),
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                models.OrderBy(models.F("last_contact_at"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("removed_at", None)),
                include=("status", "grade", "owner", "unit", "created_at"),
                name="customer_contacted",
            ),
        ),
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                models.F("owner"),
                models.OrderBy(models.F("last_contact_at"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("removed_at", None)),
                include=("status", "grade", "unit", "created_at"),
                name="customer_owner_contacted",
            ),
        ),
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                models.F("unit"),
                models.OrderBy(models.F("last_contact_at"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("removed_at", None)),
                include=("status", "grade", "owner", "created_at"),
                name="customer_unit_contacted",
            ),
        ),
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                models.F("status"),
                models.OrderBy(models.F("created_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("removed_at", None)),
                include=("grade", "owner", "unit", "last_contact_at"),
                name="customer_status_created",
            ),
        ),
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                models.F("status"),
                models.OrderBy(models.F("last_contact_at"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("removed_at", None)),
                include=("grade", "owner", "unit", "created_at"),
                name="customer_status_contacted",
            ),
        ),
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                models.F("grade"),
                models.OrderBy(models.F("created_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("removed_at", None)),
                include=("status", "owner", "unit", "last_contact_at"),
                name="customer_grade_created",
            ),
        ),
        RemoveIndexConcurrently(
            model_name="customer",
            name="customer_new",
        ),
        RemoveIndexConcurrently(
            model_name="customer",
            name="customer_owner_new",
        ),
        RemoveIndexConcurrently(
            model_name="customer",
            name="customer_unit_new",
        ),
        RemoveIndexConcurrently(
            model_name="customer",
            name="customer_name",
        ),
        RemoveIndexConcurrently(
            model_name="customer",
            name="customer_owner_name",
        ),
        RemoveIndexConcurrently(
            model_name="customer",
            name="customer_unit_name",
        ),
        RemoveIndexConcurrently(
            model_name="customer",
            name="customer_contact",
        ),
        RemoveIndexConcurrently(
            model_name="customer",
            name="customer_owner_contact",
        ),
        RemoveIndexConcurrently(
            model_name="customer",
            name="customer_unit_contact",
        ),
    ]
