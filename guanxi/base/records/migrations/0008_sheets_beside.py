from django.db import migrations, models
from django.db.models import Value


class Migration(migrations.Migration):
    dependencies = [("records", "0007_views")]

    operations = [
        migrations.AddField(
            "importrun", "also", models.JSONField(default=list, db_default=Value([], models.JSONField()))
        ),
        migrations.AddField("importrow", "sheet", models.CharField(max_length=80, default="", db_default="")),
    ]
