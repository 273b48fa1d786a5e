from .customer import change_customer, create_customer, remove_customer, restore_customer
from .rest import leave_in_peace
from .team import add_team_member, end_team_member
from .transfer import transfer_customers

__all__ = [
    "add_team_member",
    "change_customer",
    "create_customer",
    "end_team_member",
    "leave_in_peace",
    "remove_customer",
    "restore_customer",
    "transfer_customers",
]
