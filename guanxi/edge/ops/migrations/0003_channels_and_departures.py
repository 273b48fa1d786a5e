"""Roles that came with the product set up channels and let people leave, also where they were made before."""

from django.db import migrations

ALL = ("read", "create", "update")
RIGHTS = {
    "administrator": [("channel", verb, "all") for verb in (*ALL, "delete")]
    + [("departure", verb, "all") for verb in ALL],
    "general-manager": [("departure", verb, "all") for verb in (*ALL, "approve")],
    "sales-manager": [("departure", verb, "subordinates") for verb in ALL] + [("departure", "approve", "all")],
    "service-manager": [("departure", verb, "subordinates") for verb in ALL] + [("departure", "approve", "all")],
    "sales-supervisor": [("departure", "read", "subordinates")],
    "service-doctor": [("departure", "approve", "all")],
}


def grant_rights(apps, schema_editor):
    role, grant = apps.get_model("org", "Role"), apps.get_model("org", "Grant")
    rows = [
        grant(role=one, kind=kind, verb=verb, scope=scope)
        for one in role.objects.filter(key__in=RIGHTS)
        for kind, verb, scope in RIGHTS[one.key]
    ]
    grant.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("ops", "0002_share_views"), ("org", "0004_permits_and_departures")]

    operations = [migrations.RunPython(grant_rights, migrations.RunPython.noop)]
