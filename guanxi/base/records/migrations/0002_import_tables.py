from django.db import migrations, models
from django.db.models import Value


class Migration(migrations.Migration):
    dependencies = [("records", "0001_imports")]

    operations = [
        migrations.AddField(
            model_name="importrun",
            name="tables",
            field=models.JSONField(default=list, db_default=Value([], models.JSONField())),
        ),
        migrations.AddField(
            model_name="importrun",
            name="table",
            field=models.IntegerField(default=0, db_default=0),
        ),
        migrations.AddField(
            model_name="importrun",
            name="notes",
            field=models.JSONField(default=list, db_default=Value([], models.JSONField())),
        ),
        migrations.AlterField(model_name="importrun", name="header_row", field=models.IntegerField(default=0)),
        migrations.AlterField(model_name="importrun", name="headers", field=models.JSONField(default=list)),
        migrations.AddField(
            model_name="importpart",
            name="table",
            field=models.IntegerField(default=-1, db_default=-1),
        ),
        migrations.RemoveConstraint(model_name="importpart", name="importpart_once"),
        migrations.AddConstraint(
            model_name="importpart",
            constraint=models.UniqueConstraint(fields=("run", "table", "position"), name="importpart_place_once"),
        ),
        # Written once, read once and gone: compressing it would cost more than the disk it saves.
        migrations.RunSQL(
            "ALTER TABLE records_importpart ALTER COLUMN content SET STORAGE EXTERNAL",
            "ALTER TABLE records_importpart ALTER COLUMN content SET STORAGE EXTENDED",
        ),
    ]
