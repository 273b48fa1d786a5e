"""Saved views, what a list opens with, and segments."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("org", "0001_initial"), ("records", "0006_bulk_and_habits")]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=60)),
                ("words", models.JSONField(default=dict)),
                (
                    "sharing",
                    models.CharField(
                        choices=[("nobody", "Only me"), ("unit", "My unit and below"), ("everybody", "Everybody")],
                        default="nobody",
                        max_length=10,
                    ),
                ),
                ("position", models.IntegerField(default=0)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="org.staff"),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="org.unit"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["kind", "sharing"], name="view_shared")],
                "constraints": [models.UniqueConstraint(fields=("owner", "kind", "name"), name="view_name_once")],
            },
        ),
        migrations.CreateModel(
            name="DefaultView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                (
                    "staff",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="org.staff"),
                ),
                (
                    "view",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="records.savedview"
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("staff", "kind"), name="view_default_once")]},
        ),
        migrations.CreateModel(
            name="Segment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=60)),
                ("purpose", models.CharField(blank=True, max_length=200)),
                ("criteria", models.TextField()),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="org.staff"
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("kind", "name"), name="segment_name_once")]},
        ),
    ]
