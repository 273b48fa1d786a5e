import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

import guanxi.base.records.numbers


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("org", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Gift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pinyin", models.CharField(default="", max_length=300)),
                ("search", django.contrib.postgres.search.SearchVectorField(null=True)),
                ("own", models.JSONField(default=dict)),
                ("version", models.IntegerField(default=1)),
                ("batch_id", models.BigIntegerField(null=True)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "number",
                    models.GeneratedField(
                        db_persist=True,
                        expression=guanxi.base.records.numbers.PaddedId(models.F("id"), prefix="L", width=8),
                        output_field=models.CharField(max_length=20),
                        unique=True,
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[("food", "食品"), ("tool", "器具"), ("voucher", "券")], default="food", max_length=10
                    ),
                ),
                ("received_on", models.DateField(null=True)),
                ("value", models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ("is_returned", models.BooleanField(default=False)),
                ("phone", models.CharField(blank=True, max_length=30)),
                ("remark", models.TextField(blank=True)),
                (
                    "owner",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.staff"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        models.OrderBy(models.F("created_at"), descending=True, nulls_last=None),
                        models.OrderBy(models.F("id"), descending=True),
                        condition=models.Q(("removed_at", None)),
                        name="gift_new",
                    ),
                    models.Index(
                        models.F("owner"),
                        models.OrderBy(models.F("created_at"), descending=True, nulls_last=None),
                        models.OrderBy(models.F("id"), descending=True),
                        condition=models.Q(("removed_at", None)),
                        name="gift_owner_new",
                    ),
                    models.Index(
                        models.F("unit"),
                        models.OrderBy(models.F("created_at"), descending=True, nulls_last=None),
                        models.OrderBy(models.F("id"), descending=True),
                        condition=models.Q(("removed_at", None)),
                        name="gift_unit_new",
                    ),
                    models.Index(
                        models.OrderBy(models.F("pinyin"), nulls_last=None),
                        models.OrderBy(models.F("id")),
                        condition=models.Q(("removed_at", None)),
                        name="gift_name",
                    ),
                    models.Index(
                        models.F("owner"),
                        models.OrderBy(models.F("pinyin"), nulls_last=None),
                        models.OrderBy(models.F("id")),
                        condition=models.Q(("removed_at", None)),
                        name="gift_owner_name",
                    ),
                    models.Index(
                        models.F("unit"),
                        models.OrderBy(models.F("pinyin"), nulls_last=None),
                        models.OrderBy(models.F("id")),
                        condition=models.Q(("removed_at", None)),
                        name="gift_unit_name",
                    ),
                    django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=["search"], name="gift_search"),
                ],
            },
        ),
    ]
