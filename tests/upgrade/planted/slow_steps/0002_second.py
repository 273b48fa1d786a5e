import os

from django.db import migrations

from ..gate import stands_still


class Migration(migrations.Migration):
    dependencies = [("planted", "0001_first")]
    # The planted hole: what is done stays done although the step is not.
    atomic = not os.environ.get("PLANTED_LOOSE")

    operations = [
        migrations.RunSQL("ALTER TABLE planted_thing ADD COLUMN b integer"),
        migrations.RunSQL("UPDATE planted_thing SET a = a + 1"),
        migrations.RunSQL(stands_still(2)),
        migrations.RunSQL("UPDATE planted_thing SET b = a"),
    ]
