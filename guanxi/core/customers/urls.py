from django.urls import path
from django.views.decorators.http import require_POST

from guanxi.base.org.web import needs
from guanxi.base.records.screens.urls import record_urls

from .screens import verbs
from .screens.customer import CUSTOMERS
from .screens.duplicates import duplicates

app_name = "customers"
change, delete, give = needs("customer", "update"), needs("customer", "delete"), needs("customer", "transfer")

urlpatterns = [
    path("customers/bin", delete(verbs.bin_list), name="bin"),
    path("search/duplicates", duplicates, name="duplicates"),
    *record_urls(CUSTOMERS),
    path("customers/<int:record_id>/transfer", give(verbs.transfer), name="transfer"),
    path("customers/<int:record_id>/rest", change(verbs.rest), name="rest"),
    path("customers/<int:record_id>/remove", delete(verbs.remove), name="remove"),
    path("customers/<int:record_id>/restore", delete(require_POST(verbs.restore)), name="restore"),
    path("customers/<int:record_id>/team/add", change(verbs.add_to_team), name="team-add"),
    path("customers/<int:record_id>/team/<int:member_id>/end", change(require_POST(verbs.leave_team)), name="team-end"),
]
