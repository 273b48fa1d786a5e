from django.db import migrations


class Migration(migrations.Migration):
    operations = [
        migrations.RunSQL("ALTER TABLE org_account ADD COLUMN planted integer"),
        migrations.RunSQL("CREATE TABLE planted_thing (id integer)"),
    ]
