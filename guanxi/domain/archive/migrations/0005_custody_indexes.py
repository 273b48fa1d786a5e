"""Who holds which form: made beside a table in use."""

from django.db import migrations, models

from guanxi.base.kernel.database.indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("archive", "0004_file_custody")]

    operations = [
        AddIndexConcurrently(
            model_name="fileform",
            index=models.Index(
                condition=models.Q(("holder__isnull", False), ("removed_at", None)),
                fields=["holder", "custody"],
                include=("unit", "representative"),
                name="fileform_held",
            ),
        ),
        AddIndexConcurrently(
            model_name="fileform",
            index=models.Index(
                condition=models.Q(("removed_at", None), models.Q(("custody", "kept"), _negated=True)),
                fields=["custody", "completed_on"],
                name="fileform_not_kept",
            ),
        ),
    ]
