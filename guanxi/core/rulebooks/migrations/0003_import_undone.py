from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rulebooks", "0002_indexes_of_the_lists")]

    operations = [
        migrations.AlterField(
            model_name="duty",
            name="withdrawn_why",
            field=models.CharField(
                blank=True,
                choices=[
                    ("audience", "The clause no longer applies to this record"),
                    ("removed", "The record was removed"),
                    ("undone", "The import of this record was undone"),
                    ("deceased", "The customer has died"),
                    ("undisturbed", "The customer does not wish to be disturbed"),
                    ("by_hand", "Withdrawn by a person"),
                ],
                db_default="",
                default="",
                max_length=12,
            ),
        )
    ]
