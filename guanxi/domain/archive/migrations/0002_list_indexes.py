"""Lists are narrowed without a look into the records: their indexes carry what narrows. The new ones come first."""

from django.db import migrations, models

from guanxi.base.kernel.database.indexes import AddIndexConcurrently, RemoveIndexConcurrently


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("archive", "0001_initial")]

    operations = [
        AddIndexConcurrently(
            model_name="fileform",
            index=models.Index(
                models.OrderBy(models.F("completed_on"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("removed_at", None)),
                include=("purchased", "representative", "unit"),
                name="fileform_completed",
            ),
        ),
        AddIndexConcurrently(
            model_name="fileform",
            index=models.Index(
                models.F("representative"),
                models.OrderBy(models.F("completed_on"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("removed_at", None)),
                include=("purchased", "unit"),
                name="fileform_owner_completed",
            ),
        ),
        AddIndexConcurrently(
            model_name="fileform",
            index=models.Index(
                models.F("unit"),
                models.OrderBy(models.F("completed_on"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("removed_at", None)),
                include=("purchased", "representative"),
                name="fileform_unit_completed",
            ),
        ),
        RemoveIndexConcurrently(
            model_name="fileform",
            name="fileform_new",
        ),
        RemoveIndexConcurrently(
            model_name="fileform",
            name="fileform_owner_new",
        ),
        RemoveIndexConcurrently(
            model_name="fileform",
            name="fileform_unit_new",
        ),
    ]
