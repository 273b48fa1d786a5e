from django.db import migrations

from ..gate import stands_still


class Migration(migrations.Migration):
    operations = [
        migrations.RunSQL("ALTER TABLE org_account ADD COLUMN planted integer"),
        migrations.RunSQL("CREATE TABLE planted_thing (a integer)"),
        migrations.RunSQL(stands_still(1)),
        migrations.RunSQL("INSERT INTO planted_thing SELECT 1 FROM generate_series(1, 1000)"),
    ]
