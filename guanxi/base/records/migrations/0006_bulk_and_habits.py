import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0002_registration_and_closed_units"),
        ("records", "0005_undoing_imports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("step", models.CharField(max_length=60)),
                ("asked", models.CharField(blank=True, max_length=6000)),
                ("typed", models.JSONField(default=dict)),
                ("is_checked", models.BooleanField(default=False)),
                ("state", models.CharField(default="chosen", max_length=10)),
                ("is_undo", models.BooleanField(default=False)),
                ("is_cancel_asked", models.BooleanField(default=False)),
                ("total", models.IntegerField(default=0)),
                ("done", models.IntegerField(default=0)),
                ("problem", models.JSONField(default=dict)),
                ("actor_label", models.CharField(max_length=120)),
                ("actor_via", models.CharField(max_length=12)),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="org.staff"),
                ),
            ],
            options={"indexes": [models.Index(fields=["staff", "-id"], name="bulkrun_staff")]},
        ),
        migrations.CreateModel(
            name="BulkItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record_id", models.BigIntegerField()),
                ("version", models.IntegerField(null=True)),
                ("outcome", models.CharField(default="waiting", max_length=8)),
                ("reason", models.JSONField(default=dict)),
                ("before", models.JSONField(default=dict)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="records.bulkrun"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("outcome", "waiting")), fields=["run", "id"], name="bulkitem_waiting"
                    ),
                    models.Index(fields=["run", "outcome", "id"], name="bulkitem_outcome"),
                ],
                "constraints": [models.UniqueConstraint(fields=("run", "record_id"), name="bulkitem_once")],
            },
        ),
        migrations.CreateModel(
            name="ListHabit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("words", models.JSONField(default=dict)),
                (
                    "staff",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="org.staff"),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("staff", "kind"), name="listhabit_once")]},
        ),
    ]
