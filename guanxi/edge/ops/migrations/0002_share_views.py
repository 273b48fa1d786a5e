"""Roles that came with the product may share views, also where they were made before there were any."""

from django.db import migrations

ROLES = ("sales-manager", "service-manager", "general-manager", "administrator")


def let_share(apps, schema_editor):
    role, grant = apps.get_model("org", "Role"), apps.get_model("org", "Grant")
    grants = [grant(role=one, kind="view", verb="share", scope="all") for one in role.objects.filter(key__in=ROLES)]
    grant.objects.bulk_create(grants, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("ops", "0001_revival"), ("org", "0001_initial")]

    operations = [migrations.RunPython(let_share, migrations.RunPython.noop)]
