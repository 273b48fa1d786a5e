from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_what_is_lent")]

    operations = [migrations.AddField("contact", "batch_id", models.BigIntegerField(null=True))]
