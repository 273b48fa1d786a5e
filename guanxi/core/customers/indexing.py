"""What lists sort by and the search box finds, kept on the record's own row."""

from __future__ import annotations

from guanxi.base.kernel import pinyin
from guanxi.base.records.indexing import tokens_vector

from .models import Customer
from .models.customer import Kind


def index_names(customer: Customer) -> None:
    """Sets pinyin, initials and the search vector; call before every save that may change name or phone."""
    customer.pinyin, customer.initials = sounds(customer)
    customer.search = tokens_vector(search_words(customer))


def sounds(customer: Customer) -> tuple[str, str]:
    is_person = customer.kind == Kind.PERSON
    whole = pinyin.sort_key(customer.name, is_person=is_person)
    return whole[:300], pinyin.initials(customer.name, is_person=is_person)[:120]


def search_words(customer: Customer) -> list[str]:
    others = [name for name in (customer.company_name,) if name]
    return list(
        pinyin.search_tokens(
            customer.name, phones=[customer.phone], other_names=others, is_person=customer.kind == Kind.PERSON
        )
    )
