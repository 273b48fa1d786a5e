"""What is lent, in the order of the lists."""

from django.db import migrations

from guanxi.base.records.lending import Lending

LENT = Lending(
    "customers_customer",
    "customer",
    columns=("created_at", "pinyin", "last_contact_at", "status", "grade", "owner_id", "unit_id"),
    orders=("created_at DESC", "pinyin", "last_contact_at DESC NULLS LAST"),
)


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_list_indexes"), ("org", "0002_registration_and_closed_units")]

    operations = LENT.operations()
