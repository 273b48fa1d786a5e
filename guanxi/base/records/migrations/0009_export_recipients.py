from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0008_sheets_beside")]

    operations = [
        migrations.AddField(
            "exportrun", "recipient", models.CharField(max_length=10, default="inside", db_default="inside")
        ),
        migrations.AddField(
            "exportrun", "recipient_name", models.CharField(max_length=120, blank=True, default="", db_default="")
        ),
        migrations.AddField("exportrun", "processor_id", models.BigIntegerField(null=True)),
        migrations.AddField("exportrun", "left_out", models.IntegerField(default=0, db_default=0)),
    ]
