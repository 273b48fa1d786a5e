from django.urls import path

from guanxi.edge.ops import health

from .screens import absences, accounts, calendar, posts, registered, registrations, roles, staff, tokens, trail, units

app_name = "ops"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics_page, name="metrics"),
    path("settings/units", units.tree, name="units"),
    path("settings/units/new", units.new_unit, name="unit-new"),
    path("settings/units/<int:unit_id>", units.show_unit, name="unit"),
    path("settings/units/<int:unit_id>/edit", units.edit_unit, name="unit-edit"),
    path("settings/units/<int:unit_id>/close", units.close, name="unit-close"),
    path("settings/units/<int:unit_id>/reopen", units.reopen, name="unit-reopen"),
    path("settings/staff", staff.staff_list, name="staff"),
    path("settings/staff/new", staff.hire, name="staff-new"),
    path("settings/staff/<int:staff_id>", staff.staff_card, name="staff-card"),
    path("settings/staff/<int:staff_id>/edit", staff.edit, name="staff-edit"),
    path("settings/staff/<int:staff_id>/leave", staff.leave, name="staff-leave"),
    path("settings/staff/<int:staff_id>/posts/new", posts.new_post, name="post-new"),
    path("settings/posts/<int:post_id>/end", posts.end, name="post-end"),
    path("settings/posts/<int:post_id>/superior", posts.superior, name="post-superior"),
    path("settings/staff/<int:staff_id>/absences", absences.record, name="absence-record"),
    path("settings/absences/<int:absence_id>/withdraw", absences.withdraw, name="absence-withdraw"),
    path("settings/staff/<int:staff_id>/account", accounts.open_, name="account-open"),
    path("settings/accounts/<int:account_id>/reset", accounts.reset, name="account-reset"),
    path("settings/accounts/<int:account_id>/close", accounts.close, name="account-close"),
    path("settings/accounts/<int:account_id>/reopen", accounts.reopen, name="account-reopen"),
    path("settings/roles", roles.role_list, name="roles"),
    path("settings/roles/new", roles.new_role, name="role-new"),
    path("settings/roles/<int:role_id>", roles.role_card, name="role"),
    path("settings/roles/<int:role_id>/rights", roles.save_rights, name="role-rights"),
    path("settings/roles/<int:role_id>/name", roles.rename, name="role-rename"),
    path("settings/roles/<int:role_id>/remove", roles.remove, name="role-remove"),
    path("settings/calendar", calendar.year, name="calendar"),
    path("settings/calendar/extend", calendar.extend, name="calendar-extend"),
    path("settings/calendar/<str:day>", calendar.edit_day, name="calendar-day"),
    path("settings/registrations", registrations.request_list, name="registrations"),
    path("settings/registrations/<int:request_id>", registrations.approve, name="registration"),
    path("settings/registrations/<int:request_id>/decline", registrations.decline, name="registration-decline"),
    path("settings/trail", trail.read_trail, name="trail"),
    path("settings/registered", registered.registered, name="registered"),
    path("settings/tokens", tokens.own_tokens, name="tokens"),
    path("settings/tokens/<int:token_id>/end", tokens.end, name="token-end"),
]
