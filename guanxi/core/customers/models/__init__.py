from .customer import Contact, Customer, TeamMember, Validity

__all__ = ["Contact", "Customer", "TeamMember", "Validity"]
