"""Roles that came with the product have their rights to backups, also where they were made before. A new installation
has no roles yet and gets them whole."""

from django.db import migrations

NEW = ("backup",)


def grant_rights(apps, schema_editor):
    from guanxi.edge.ops.roles import ROLES

    role, grant = apps.get_model("org", "Role"), apps.get_model("org", "Grant")
    granted = set(grant.objects.filter(kind__in=NEW).values_list("kind", flat=True))
    rights = {one.key: one.rights for one in ROLES}
    rows = [
        grant(role=one, kind=kind, verb=verb, scope=scope)
        for one in role.objects.filter(key__in=rights)
        for kind, verbs in rights[one.key].items()
        for verb, scope in verbs.items()
        if kind in NEW and kind not in granted
    ]
    grant.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("ops", "0008_backups")]

    operations = [migrations.RunPython(grant_rights, migrations.RunPython.noop)]
