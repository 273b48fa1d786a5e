import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q, Value


def _json(empty):
    return models.JSONField(default=type(empty), db_default=Value(empty, models.JSONField()))


class Migration(migrations.Migration):
    dependencies = [("org", "0001_initial"), ("records", "0004_own_fields_and_search")]

    operations = [
        migrations.AddField("importrun", "is_trial", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("importrun", "trial", _json({})),
        migrations.AddField("importrun", "pairs", _json([])),
        migrations.AddField("importrun", "decisions", _json({})),
        migrations.AddField("importrun", "made", _json({})),
        migrations.AddField("importrun", "undo", _json({})),
        migrations.CreateModel(
            name="ImportMark",
            fields=[
                ("mark", models.UUIDField(primary_key=True, serialize=False)),
                ("run_id", models.BigIntegerField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="ImportChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("record_id", models.BigIntegerField()),
                ("version", models.IntegerField()),
                ("before", models.JSONField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="records.importrun"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SavedMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("name", models.CharField(blank=True, db_default="", default="", max_length=60)),
                ("headers", models.CharField(max_length=64)),
                ("columns", models.JSONField()),
                ("used_at", models.DateTimeField()),
                (
                    "staff",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to="org.staff"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("name", "")), fields=("kind", "headers"), name="savedmapping_headers_once"
                    ),
                    models.UniqueConstraint(
                        condition=~Q(("name", "")), fields=("kind", "name"), name="savedmapping_name_once"
                    ),
                ]
            },
        ),
    ]
