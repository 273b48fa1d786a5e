"""What does not start, and what is said then."""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from guanxi.base.org.models import Account
from guanxi.edge.ops import destination, doctor, prepare, refusals
from guanxi.edge.ops.installation import Installation
from tests.installation import DEMO_PASSWORD, GUANXI, OWN, ROOT, free_port

pytestmark = pytest.mark.req("SEC-06")
KEY = "k" * 50
UNSAFE = {
    "debug for others": ({"DEBUG": "1", "ALLOWED_HOSTS": "crm.example.com", "BEHIND_TLS": "1"}, "DEBUG=1"),
    "no TLS for others": ({"ALLOWED_HOSTS": "localhost,crm.example.com"}, "BEHIND_TLS"),
    "everybody": ({"ALLOWED_HOSTS": "*"}, "BEHIND_TLS"),
    "short key": ({"SECRET_KEY": "short"}, "SECRET_KEY"),
    "known key": ({"SECRET_KEY": "django-insecure-" + "k" * 40}, "SECRET_KEY"),
}
SAFE = [
    {},
    {"SECRET_KEY": KEY},
    {"DEBUG": "1"},
    {"DEBUG": "1", "ALLOWED_HOSTS": "localhost,127.0.0.1"},
    {"ALLOWED_HOSTS": "crm.example.com", "BEHIND_TLS": "1"},
    {"ALLOWED_HOSTS": "192.168.1.20", "ALLOW_PLAIN_HTTP": "1"},
]

FAR = "postgresql://guanxi:pw@db.example.com:5432/guanxi"
PLAIN = {
    "nothing said": (FAR, {}),
    "preferred": (f"{FAR}?sslmode=prefer", {}),
    "turned off": (f"{FAR}?sslmode=disable", {}),
    "encrypted, whoever answers": (f"{FAR}?sslmode=require", {}),
    "an authority, whoever answers": (f"{FAR}?sslmode=verify-ca", {}),
    "by the environment": (FAR, {"PGSSLMODE": "require"}),
    "the address wins over the environment": (f"{FAR}?sslmode=prefer", {"PGSSLMODE": "verify-full"}),
    "not even encrypted": (FAR, {"DATABASE_TLS": "require"}),
    "the second of two": ("postgresql://localhost:5432,db2.example.com:5432/guanxi", {}),
    "named in the query": ("postgresql:///guanxi?host=10.0.0.5", {}),
    "an address beside the name": ("postgresql://localhost/guanxi?hostaddr=10.0.0.5", {}),
    "IPv6": ("postgresql://[2001:db8::5]:5432/guanxi", {}),
    "no such word": (FAR, {"DATABASE_TLS": "maybe"}),
}
SHELTERED = [
    ("", {}),
    (f"{FAR}?sslmode=verify-full", {}),
    (FAR, {"PGSSLMODE": "verify-full"}),
    (f"{FAR}?sslmode=require", {"DATABASE_TLS": "require"}),
    (FAR, {"DATABASE_TLS": "none"}),
    ("postgresql:///guanxi?host=/var/run/postgresql", {}),
    ("postgresql://guanxi@%2Fvar%2Frun%2Fpostgresql/guanxi", {}),
    ("postgresql://guanxi:pw@localhost:5432/guanxi", {}),
    ("postgresql://guanxi:pw@127.0.0.1/guanxi", {}),
    ("postgresql://guanxi:pw@[::1]:5432/guanxi", {}),
]


@pytest.fixture
def here(tmp_path: Path) -> Installation:
    made = Installation(tmp_path / "data", free_port(), "", demo=False)
    made.furnish()
    return made


@pytest.mark.parametrize("case", UNSAFE)
def test_an_unsafe_setting_is_named(case: str, here: Installation) -> None:
    given, word = UNSAFE[case]
    assert [word in fault for fault in refusals.faults(here, given)] == [True]


@pytest.mark.parametrize("given", SAFE, ids=str)
def test_a_safe_one_is_left_in_peace(given: dict[str, str], here: Installation) -> None:
    assert refusals.faults(here, given) == []


def test_a_secret_that_others_can_read_is_named(here: Installation) -> None:
    (here.data / "secret_key").chmod(0o644)
    assert "chmod 600" in refusals.faults(here, {})[0]


def test_guanxi_up_ends_with_these_words_and_starts_nothing(tmp_path: Path) -> None:
    given = {k: v for k, v in os.environ.items() if k not in OWN}
    given |= {"DATA_DIR": str(tmp_path / "data"), "PORT": str(free_port()), "ALLOWED_HOSTS": "crm.example.com"}
    done = subprocess.run([*GUANXI, "up"], env=given, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "BEHIND_TLS=1" in done.stderr
    assert not (tmp_path / "data/postgres").exists()


@pytest.mark.parametrize("case", PLAIN)
def test_a_database_elsewhere_is_not_spoken_to_in_the_clear(case: str, here: Installation) -> None:
    url, given = PLAIN[case]
    (fault,) = refusals.faults(replace(here, database_url=url), given)
    assert "DATABASE_TLS" in fault
    assert "pw" not in fault


@pytest.mark.parametrize(("url", "given"), SHELTERED, ids=str)
def test_one_with_a_checked_certificate_or_on_this_machine_is(
    url: str, given: dict[str, str], here: Installation
) -> None:
    assert refusals.faults(replace(here, database_url=url), given) == []


def test_nothing_is_moved_there_either() -> None:
    (found,) = destination.examined("postgresql:///guanxi", FAR)
    assert (found.is_fine, found.is_needed, "sslmode=verify-full" in found.text) == (False, True, True)


def test_guanxi_up_does_not_even_ask_for_it(tmp_path: Path) -> None:
    given = {k: v for k, v in os.environ.items() if k not in OWN}
    given |= {"DATA_DIR": str(tmp_path / "data"), "PORT": str(free_port()), "DATABASE_URL": FAR}
    done = subprocess.run([*GUANXI, "up"], env=given, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "sslmode=verify-full" in done.stderr, "pw" in done.stderr) == (1, True, False)


# --- the demo company, whose password everybody knows ---

PUBLIC = {"ALLOWED_HOSTS": "localhost,crm.example.com", "BEHIND_TLS": "1"}


@pytest.mark.django_db
class TestDemo:
    @pytest.fixture
    def public(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in PUBLIC.items():
            monkeypatch.setenv(name, value)

    @pytest.fixture
    def of_the_demo(self) -> Account:
        account = Account.objects.get(login="rep")
        account.login = "linlan"
        account.set_password(DEMO_PASSWORD)
        account.save()
        return account

    def test_it_is_not_served_to_others(self, here: Installation, public: None, of_the_demo: Account) -> None:
        with pytest.raises(SystemExit, match=r"crm\.example\.com.*DEMO_FOR_OTHERS=1"):
            prepare.refuse_demo_for_others(here)
        found = doctor.refused(here)
        assert (found.is_fine, "DEMO_FOR_OTHERS" in found.text) == (False, True)

    def test_with_another_password_it_is(self, here: Installation, public: None, of_the_demo: Account) -> None:
        of_the_demo.set_password("green-tea-at-seven")
        of_the_demo.save()
        prepare.refuse_demo_for_others(here)

    def test_or_when_the_risk_is_taken_in_so_many_words(
        self, here: Installation, public: None, of_the_demo: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DEMO_FOR_OTHERS", "1")
        prepare.refuse_demo_for_others(here)

    def test_on_this_machine_alone_it_is_left_in_peace(self, here: Installation, of_the_demo: Account) -> None:
        prepare.refuse_demo_for_others(here)

    def test_a_company_of_its_own_needs_no_word(self, here: Installation, public: None) -> None:
        """Also with DEMO left as it is: nothing is founded where somebody works."""
        prepare.refuse_demo_for_others(replace(here, demo=True))


@pytest.mark.slow
def test_none_is_founded_for_others() -> None:
    with tempfile.TemporaryDirectory(prefix="gx-") as folder:
        path = Path(folder).resolve()
        path.chmod(0o711)
        given = {k: v for k, v in os.environ.items() if k not in (*OWN, "DEMO")}
        given |= {"DATA_DIR": str(path), "PORT": str(free_port()), **PUBLIC}
        done = subprocess.run([*GUANXI, "up"], env=given, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert (done.returncode, "DEMO=0" in done.stderr) == (1, True), done.stderr
    assert "Founding" not in done.stdout


@pytest.mark.django_db
def test_the_doctor_says_the_same(here: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "crm.example.com")
    found = doctor.refused(here)
    assert (found.is_fine, "BEHIND_TLS" in found.text) == (False, True)
