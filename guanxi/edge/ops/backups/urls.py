from django.urls import path

from .screens import overview, plan, restores, sets

urlpatterns = [
    path("settings/backups", overview.overview, name="backups"),
    path("settings/backups/start", overview.back_up, name="backup-start"),
    path("settings/backups/look", overview.look_again, name="backup-look"),
    path("settings/backups/plan", plan.plan, name="backup-plan"),
    path("settings/backups/runs/<int:run_id>", overview.run_state, name="backup-run"),
    path("settings/backups/sets/<int:set_pk>", sets.one_set, name="backup-set"),
    path("settings/backups/sets/<int:set_pk>/verify", overview.verify, name="backup-verify"),
    path("settings/backups/restores/new", restores.new, name="restore-new"),
    path("settings/backups/restores/<int:plan_id>", restores.one, name="restore"),
    path("settings/backups/restores/<int:plan_id>/answer", restores.answer, name="restore-answer"),
]
