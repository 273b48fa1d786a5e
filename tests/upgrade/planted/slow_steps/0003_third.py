import os

from django.db import migrations

from ..gate import stands_still


class Migration(migrations.Migration):
    dependencies = [("planted", "0002_second")]

    operations = [
        migrations.RunSQL("ALTER TABLE planted_thing ADD COLUMN c integer"),
        migrations.RunSQL("UPDATE planted_thing SET a = a + 1"),
        migrations.RunSQL(stands_still(3)),
        migrations.RunSQL("UPDATE planted_thing SET c = a"),
        *([migrations.RunSQL("SELECT 1/0")] if os.environ.get("PLANTED_FAILS") else []),
    ]
