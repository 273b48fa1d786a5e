"""How names sound, and that what people type finds them: by characters, sound, initials, phone or code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.base.kernel.pinyin import SearchQuery, initials, search_query, search_tokens, sort_key, words_of_person


def finds(typed: str, tokens: list[str]) -> bool:
    """A slow reading of the tsquery, enough for the forms `search_query` writes."""
    query = search_query(typed)
    return query is not None and _holds(query.tsquery, tokens)


def _holds(query: str, tokens: list[str]) -> bool:
    if alternatives := _split(query, " | "):
        return any(_holds(part, tokens) for part in alternatives)
    if all_of := _split(query, " & "):
        return all(_holds(part, tokens) for part in all_of)
    if query.startswith("("):
        return _holds(query[1:-1], tokens)
    word = query.removesuffix(":*").strip("'").replace("''", "'")
    return any(token.startswith(word) if query.endswith(":*") else token == word for token in tokens)


def _split(query: str, by: str) -> list[str]:
    parts, depth, last = [], 0, 0
    for place, char in enumerate(query):
        depth += (char == "(") - (char == ")")
        if depth == 0 and query.startswith(by, place):
            parts.append(query[last:place])
            last = place + len(by)
    return [*parts, query[last:]] if parts else []


@pytest.mark.req("CUS-03")
@pytest.mark.parametrize(
    ("name", "sound"),
    [
        ("曾国藩", "zeng guo fan"),
        ("仇英", "qiu ying"),
        ("单田芳", "shan tian fang"),
        ("单于", "chan yu"),
        ("尉迟恭", "yu chi gong"),
        ("解缙", "xie jin"),
        ("区静", "ou jing"),
        ("查良镛", "zha liang yong"),
        ("朴正", "piao zheng"),
        ("盖丽", "ge li"),
        ("华佗", "hua tuo"),
        ("任静", "ren jing"),
        ("吕布", "lv bu"),
        ("Anna", "anna"),
    ],
)
def test_surnames_are_read_as_surnames(name: str, sound: str) -> None:
    assert sort_key(name) == sound


def test_organisations_are_read_as_phrases() -> None:
    assert sort_key("重庆长安公司", is_person=False) == "chong qing chang an gong si"
    assert initials("重庆长安", is_person=False) == "cqca"


TOKENS = search_tokens(
    "曾建国", phones=["13812345678", "010-88886666"], codes=["C00012"], other_names=["康宁科技ABC公司"]
)


@pytest.mark.req("CUS-03")
@pytest.mark.parametrize(
    "typed",
    [
        "曾", "国", "曾建", "建国", "曾建国", "zengjianguo", "zengj", "zeng jian guo", "jianguo", "guo", "cengjianguo",
        "zjg", "zj", "jg", "ZJG", "5678", "12345678", "13812345678", "+8613812345678", "138-1234-5678", "6666",
        "010-88886666", "c00012", "C0001", "康宁", "kangning", "knkj", "abc", "曾建 5678", "zeng 5678", "ｚｊｇ",
    ],
)  # fmt: skip
def test_what_people_type_finds_the_record(typed: str) -> None:
    assert finds(typed, TOKENS)


@pytest.mark.req("CUS-03")
@pytest.mark.parametrize("typed", ["增", "曾国", "zengguo", "zg", "1234", "5679", "c00013", "曾建 9999", "x"])
def test_what_is_not_of_the_record_does_not_find_it(typed: str) -> None:
    assert not finds(typed, TOKENS)


def test_longer_names_are_rechecked_because_pairs_may_lie_apart() -> None:
    assert search_query("王建国") == SearchQuery("('王建' & '建国')", recheck="王建国")
    assert search_query("王建") == SearchQuery("('王建')")


def test_nothing_typed_asks_nothing() -> None:
    assert search_query(" \u3000,") is None


@given(st.text(max_size=30))
def test_any_text_becomes_a_query_with_balanced_quotes(text: str) -> None:
    query = search_query(text)
    assert query is None or query.tsquery.count("'") % 2 == 0


@given(st.text("王李张曾仇单解任华建国秀英", min_size=2, max_size=4))
def test_every_name_is_found_by_its_characters_its_sound_and_its_initials(name: str) -> None:
    tokens = search_tokens(name)
    assert finds(name, tokens)
    assert finds(sort_key(name).replace(" ", ""), tokens)
    assert finds(initials(name), tokens)


@given(st.text("王曾单于解a·b ", min_size=1, max_size=6), st.sampled_from(["13812345678", "010-88886666", ""]))
def test_the_fast_way_for_many_people_says_the_same(name: str, phone: str) -> None:
    words = words_of_person(name, phone or "13812345678")
    assert words.tokens == search_tokens(name, phones=[phone or "13812345678"])
    assert (words.sort_key, words.initials) == (sort_key(name), initials(name))
