import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0003_stamps"),
        ("records", "0003_exports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OwnField",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                (
                    "field_kind",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("longtext", "Long text"),
                            ("number", "A number"),
                            ("money", "Amount in yuan"),
                            ("date", "Day"),
                            ("yesno", "Yes or no"),
                            ("choice", "Choice from a list"),
                            ("phone", "Phone"),
                        ],
                        max_length=10,
                    ),
                ),
                ("label", models.CharField(max_length=40)),
                ("label_en", models.CharField(blank=True, max_length=60)),
                ("help", models.CharField(blank=True, max_length=200)),
                ("help_en", models.CharField(blank=True, max_length=200)),
                ("section", models.CharField(blank=True, max_length=40)),
                ("group", models.CharField(blank=True, max_length=40)),
                ("group_en", models.CharField(blank=True, max_length=60)),
                ("position", models.IntegerField()),
                ("is_required", models.BooleanField(default=False)),
                ("is_personal", models.BooleanField(default=False)),
                ("is_searchable", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                ("choices", models.JSONField(default=list)),
                (
                    "index_state",
                    models.CharField(
                        blank=True,
                        choices=[("", "None"), ("building", "Being built"), ("ready", "Ready"), ("failed", "Failed")],
                        default="",
                        max_length=10,
                    ),
                ),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["kind", "position"], name="own_field_position")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)), fields=("kind", "label"), name="own_field_label_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Opened",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("record_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["account", "-at"], name="opened_lately")],
                "constraints": [models.UniqueConstraint(fields=("account", "kind", "record_id"), name="opened_once")],
            },
        ),
        migrations.CreateModel(
            name="Searched",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["account", "-at"], name="searched_lately")],
                "constraints": [models.UniqueConstraint(fields=("account", "text"), name="searched_once")],
            },
        ),
        # Roles are loaded once; where that was before this right existed, administrators get it here.
        migrations.RunSQL(
            "INSERT INTO org_grant (role_id, kind, verb, scope, unit_ids)"
            " SELECT id, 'field', 'update', 'all', '{}' FROM org_role WHERE key = 'administrator'"
            " ON CONFLICT DO NOTHING",
            migrations.RunSQL.noop,
        ),
    ]
