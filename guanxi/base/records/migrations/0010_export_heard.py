from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0009_export_recipients")]

    operations = [migrations.AddField("exportrun", "heard", models.JSONField(null=True))]
