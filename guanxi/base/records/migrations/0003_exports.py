import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0002_registration_and_closed_units"),
        ("records", "0002_import_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ExportRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("words", models.JSONField()),
                ("format", models.CharField(max_length=4)),
                ("audience", models.CharField(max_length=8)),
                ("encoding", models.CharField(max_length=10)),
                ("purpose", models.CharField(max_length=200)),
                ("state", models.CharField(max_length=10)),
                ("language", models.CharField(max_length=10)),
                ("done", models.IntegerField(default=0)),
                ("total", models.IntegerField(default=0)),
                ("rows", models.IntegerField(default=0)),
                ("size", models.BigIntegerField(default=0)),
                ("file_name", models.CharField(blank=True, max_length=200)),
                ("rights", models.JSONField(default=dict)),
                ("allowed", models.IntegerField(default=0)),
                ("problem", models.JSONField(default=dict)),
                ("is_cancel_asked", models.BooleanField(default=False)),
                ("actor_label", models.CharField(max_length=120)),
                ("actor_via", models.CharField(max_length=12)),
                ("decided_at", models.DateTimeField(null=True)),
                ("answer", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exports_decided",
                        to="org.staff",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="exports", to="org.staff"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ExportPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.IntegerField()),
                ("content", models.BinaryField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="records.exportrun"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="exportrun",
            index=models.Index(fields=["staff", "-id"], name="exportrun_staff"),
        ),
        migrations.AddIndex(
            model_name="exportrun",
            index=models.Index(condition=models.Q(("state", "asked")), fields=["-id"], name="exportrun_asked"),
        ),
        migrations.AddConstraint(
            model_name="exportpart",
            constraint=models.UniqueConstraint(fields=("run", "position"), name="exportpart_once"),
        ),
        # Written once, compressed already: compressing it again would cost and save nothing.
        migrations.RunSQL(
            "ALTER TABLE records_exportpart ALTER COLUMN content SET STORAGE EXTERNAL", migrations.RunSQL.noop
        ),
        # Roles are loaded once; where that was before this right existed, the general manager gets it here.
        migrations.RunSQL(
            "INSERT INTO org_grant (role_id, kind, verb, scope, unit_ids)"
            " SELECT id, 'export', 'approve', 'all', '{}' FROM org_role WHERE key = 'general-manager'"
            " ON CONFLICT DO NOTHING",
            migrations.RunSQL.noop,
        ),
        # Every paper that is printed has a number of its own.
        migrations.RunSQL(
            "CREATE SEQUENCE records_print_number AS bigint", "DROP SEQUENCE IF EXISTS records_print_number"
        ),
    ]
