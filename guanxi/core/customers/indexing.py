"""What lists sort by and the search box finds, kept on the record's own row."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db.models import Func, TextField, Value

from guanxi.base.kernel import pinyin

from .models import Customer
from .models.customer import Kind


def index_names(customer: Customer) -> None:
    """Sets pinyin, initials and the search vector; call before every save that may change name or phone."""
    is_person = customer.kind == Kind.PERSON
    customer.pinyin = pinyin.sort_key(customer.name, is_person=is_person)[:300]
    customer.initials = pinyin.initials(customer.name, is_person=is_person)[:120]
    customer.search = tokens_vector(search_words(customer))


def search_words(customer: Customer) -> list[str]:
    others = [name for name in (customer.company_name,) if name]
    return list(
        pinyin.search_tokens(
            customer.name, phones=[customer.phone], other_names=others, is_person=customer.kind == Kind.PERSON
        )
    )


def tokens_vector(words: list[str]) -> Func:
    """`array_to_tsvector`: our own tokens, no parser in between (stack.md C2)."""
    return Func(
        Value(words, output_field=ArrayField(TextField())),
        function="array_to_tsvector",
        output_field=SearchVectorField(),
    )
