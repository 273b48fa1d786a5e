"""user create, user token, user reset-second-factor."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from guanxi.edge.ops.command.registry import COMMANDS, DONE, Command, answer, complain

DAYS = 90


def create(arguments: Namespace) -> int:
    from guanxi.base.kernel.actor import Actor
    from guanxi.edge.ops.people import add_person

    staff, password = add_person(
        arguments.name,
        login=arguments.login,
        role=arguments.role,
        unit=arguments.unit,
        actor=Actor.system("guanxi user create"),
    )
    value = {"login": arguments.login, "staff_id": staff.pk, "role": arguments.role, "password": password}
    answer(arguments, value, text=f"{arguments.login} signs in with {password} and then chooses a password.")
    return DONE


def token(arguments: Namespace) -> int:
    from guanxi.base.kernel.actor import Actor
    from guanxi.base.org.models import Account
    from guanxi.base.org.tokens import give_token

    account = Account.objects.filter(login=arguments.login, is_active=True).first()
    if account is None:
        return complain(arguments, f"There is no active account {arguments.login}.", code="missing")
    made = give_token(
        account,
        name=arguments.name,
        may_write=not arguments.read_only,
        days=arguments.days,
        actor=Actor.system("guanxi user token"),
    )
    answer(arguments, {"login": arguments.login, "token": made}, text=made)
    return DONE


def _create_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("login", help="what the person signs in with")
    parser.add_argument("--name", required=True, help="the person's name")
    parser.add_argument("--role", default="administrator", help="key of a role (default: administrator)")
    parser.add_argument("--unit", default="", help="code of a unit (default: the company)")


def _token_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("login", metavar="NAME", help="the account the token acts for")
    parser.add_argument("--name", default="command line", help="what the token is for")
    parser.add_argument("--read-only", action="store_true", help="the token may not change anything")
    parser.add_argument("--days", type=int, default=DAYS, help=f"ends after so many days (default: {DAYS}; 0: never)")


def reset_second_factor(arguments: Namespace) -> int:
    from guanxi.base.kernel.actor import Actor
    from guanxi.base.org.actions import reset_factor
    from guanxi.base.org.models import Account

    account = Account.objects.filter(login=arguments.login).first()
    if account is None:
        return complain(arguments, f"There is no account {arguments.login}.", code="missing")
    reset_factor(account.pk, actor=Actor.system("guanxi user reset-second-factor"))
    answer(arguments, {"login": arguments.login}, text=f"{arguments.login} signs in with the password alone.")
    return DONE


def _reset_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("login", metavar="NAME", help="whose phone is lost")


def register() -> None:
    COMMANDS.add(Command("user create", "a person with an account and a post", create, _create_arguments))
    COMMANDS.add(
        Command(
            "user reset-second-factor",
            "for a lost phone, also the last administrator's",
            reset_second_factor,
            _reset_arguments,
        )
    )
    COMMANDS.add(Command("user token", "an API token, shown once", token, _token_arguments))
