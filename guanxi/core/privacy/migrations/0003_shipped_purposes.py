from django.db import migrations
from django.utils import timezone


def load(apps, schema_editor):
    from guanxi.core.privacy.purposes import load_purposes

    load_purposes(apps.get_model("privacy", "ConsentPurpose"), apps.get_model("privacy", "Wording"), timezone.now())


class Migration(migrations.Migration):
    dependencies = [("privacy", "0002_consents_stay")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
