from .absence import record_absence, withdraw_absence
from .account import close_account, open_account, reopen_account, reset_password
from .calendar import change_days, extend_calendar
from .departure import (
    DepartureEntry,
    announce_departure,
    cancel_departure,
    change_departure,
    confirm_received,
)
from .factor import renew_codes, reset_factor, set_up_factor, take_off_factor
from .own import change_own_password, choose_language
from .permit import ask_permit, decline_permit, grant_permit, take_back_request
from .post import add_post, change_superior, end_post
from .reading import PostEntry, StaffEntry
from .registration import Applicant, approve_registration, ask_registration, decline_registration
from .role import create_role, remove_role, rename_role, require_second_factor, set_grants
from .session import end_other_sessions, end_session, end_sessions_of
from .staff import change_staff, end_employment, hire_staff, next_staff_number
from .unit import UnitEntry, change_unit, close_unit, create_unit, reopen_unit

__all__ = [
    "Applicant",
    "DepartureEntry",
    "PostEntry",
    "StaffEntry",
    "UnitEntry",
    "add_post",
    "announce_departure",
    "approve_registration",
    "ask_permit",
    "ask_registration",
    "cancel_departure",
    "change_days",
    "change_departure",
    "change_own_password",
    "change_staff",
    "change_superior",
    "change_unit",
    "choose_language",
    "close_account",
    "close_unit",
    "confirm_received",
    "create_role",
    "create_unit",
    "decline_permit",
    "decline_registration",
    "end_employment",
    "end_other_sessions",
    "end_post",
    "end_session",
    "end_sessions_of",
    "extend_calendar",
    "grant_permit",
    "hire_staff",
    "next_staff_number",
    "open_account",
    "record_absence",
    "remove_role",
    "rename_role",
    "renew_codes",
    "reopen_account",
    "reopen_unit",
    "require_second_factor",
    "reset_factor",
    "reset_password",
    "set_grants",
    "set_up_factor",
    "take_back_request",
    "take_off_factor",
    "withdraw_absence",
]
