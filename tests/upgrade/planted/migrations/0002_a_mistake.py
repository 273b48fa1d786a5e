import os

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("planted", "0001_a_column")]

    operations = [migrations.RunSQL("SELECT 1/0")] if os.environ.get("PLANTED_FAILS") else []
