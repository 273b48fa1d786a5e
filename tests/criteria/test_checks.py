import pytest

from guanxi.base.records.criteria import check, parse

from .trees import FIELDS


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("bougt = yes", "unknown_field", 'Did you mean "bought"?'),
        ("colour = red", "unknown_field", 'There is no field "colour" here.'),
        ("grade = D", "value_misfit", "A, B, C"),
        ("amount = many", "value_misfit", "number"),
        ("bought = 1", "value_misfit", "yes or no"),
        ("born < now - 2 hours", "value_misfit", "a day"),
        ("amount contains 1", "operator_misfit", "contains"),
        ("name > 1", "operator_misfit", ">"),
        ('name = ""', "value_misfit", "quotes"),
    ],
)
def test_it_refuses_what_does_not_fit_the_fields(text, code, said):
    (problem,) = check(parse(text), FIELDS)
    assert problem.code == code
    assert said in str(problem)


def test_every_problem_is_told_with_its_column():
    problems = check(parse("bougt = yes and amount = x"), FIELDS)
    assert [p.column for p in problems] == [1, 17]
