from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Revival",
            fields=[
                ("job_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("times", models.SmallIntegerField()),
                ("last_at", models.DateTimeField()),
            ],
        ),
    ]
