from django.urls import path

from guanxi.base.org.web import needs, signed_in
from guanxi.base.records.imports.uploads import receives_files

from . import consequence_urls, measure_urls
from .screens import approval, books, drafts, duty, giving, listing, log, standing, task
from .screens.workbench import workbench

app_name = "rulebooks"
read, change = needs("duty", "read"), needs("duty", "update")
read_rules, write_rules = needs("rulebook", "read"), needs("rulebook", "create")
decide = needs("rulebook", "approve")
# A text of a quarter of a megabyte is the longest that is read; more is refused in words.
a_text = receives_files(lambda: 1024 * 1024)

urlpatterns = [
    path("", signed_in(workbench), name="workbench"),
    path("duties", read(listing.duties), name="duties"),
    path("duties/new", needs("duty", "create")(task.new_task), name="task-new"),
    path("duties/<int:duty_id>", read(duty.duty_page), name="duty"),
    path("duties/<int:duty_id>/log", change(log.log), name="duty-log"),
    path("duties/<int:duty_id>/postpone", change(giving.postpone), name="duty-postpone"),
    path("duties/<int:duty_id>/hand-over", change(giving.hand_over), name="duty-hand-over"),
    path("duties/<int:duty_id>/withdraw", change(giving.withdraw), name="duty-withdraw"),
    path("rulebooks", read_rules(books.rulebooks), name="rulebooks"),
    path("rulebooks/new", a_text(write_rules(drafts.new_draft)), name="rulebook-new"),
    path("rulebooks/<slug:key>", read_rules(books.rulebook), name="rulebook"),
    path("rulebooks/<slug:key>/draft", a_text(write_rules(drafts.draft)), name="rulebook-draft"),
    path("rulebooks/<slug:key>/approve", decide(approval.approve), name="rulebook-approve"),
    path("rulebooks/<slug:key>/values", needs("rulebook", "update")(approval.fill_in), name="rulebook-values"),
    path("rulebooks/<slug:key>/switch-off", decide(standing.end), name="rulebook-switch-off"),
    path("rulebooks/<slug:key>/read", read_rules(standing.confirm), name="rulebook-read"),
    path("rulebooks/<slug:key>/readers", write_rules(standing.readers), name="rulebook-readers"),
    *consequence_urls.urlpatterns,
    *measure_urls.urlpatterns,
]
