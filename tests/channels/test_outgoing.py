"""The client for outgoing requests: no connection to anything that is not public (trust 4.15)."""

from __future__ import annotations

import gzip
import ssl
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from guanxi.base.kernel import clock, destinations, outgoing
from guanxi.base.kernel.outgoing import Blocked, Unanswered, Unreached, post_json

from .receiver import receiving, watching

PUBLIC = "93.184.216.34"
# What is typed as an address; {port} is one where somebody on this machine counts the connections.
WRITTEN = [
    "https://127.0.0.1:{port}/",
    "https://127.1:{port}/",
    "https://127.0.1:{port}/",
    "https://2130706433:{port}/",
    "https://0x7f000001:{port}/",
    "https://0x7f.0.0.1:{port}/",
    "https://0x7f.1:{port}/",
    "https://0177.0.0.1:{port}/",
    "https://017700000001:{port}/",
    "https://127.0.0.0x1:{port}/",
    "https://0:{port}/",
    "https://0.0.0.0:{port}/",
    "https://127.0.0.1.:{port}/",
    "https://[::1]:{port}/",
    "https://[::]:{port}/",
    "https://[::ffff:127.0.0.1]:{port}/",
    "https://[::ffff:7f00:1]:{port}/",
    "https://[::127.0.0.1]:{port}/",
    "https://[0:0:0:0:0:0:0:1]:{port}/",
    "https://[64:ff9b::7f00:1]:{port}/",
    "https://[2002:7f00:1::]:{port}/",
    "https://[fe80::1%25lo]:{port}/",
    "https://[::1%25lo]:{port}/",
    "https://localhost:{port}/",
    "https://LOCALHOST:{port}/",
    "https://localhost.:{port}/",
    "https://localhost.localdomain.:{port}/",
    "https://ip6-localhost:{port}/",
    "https://localhost.localdomain:{port}/",
    "https://１２７.０.０.１:{port}/",
    "https://127。0。0。1:{port}/",
    "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{port}/",
    "https://locaｌhost:{port}/",
    "https://①②⑦.⓪.⓪.①:{port}/",
    "https://%6c%6f%63%61%6c%68%6f%73%74:{port}/",
    "https://127.0.0.1%2f@example.com:{port}/",
    "https://example.com@127.0.0.1:{port}/",
    "https://example.com:443@127.0.0.1:{port}/",
    "https://user:word@example.com:{port}/",
    "https://@localhost:{port}/",
    "https://example.com#@127.0.0.1:{port}/",
    "https://127.0.0.1:{port}#@example.com/",
    "https://127.0.0.1:{port}\\@example.com/",
    "https://example.com\\@127.0.0.1:{port}/",
    "https://127.0.0.1:{port} example.com/",
    "https://127.0.0.1\t:{port}/",
    "https://127.0.0.1:{port}\r\nHost: example.com/",
    "https:///127.0.0.1:{port}/",
    "https:/127.0.0.1:{port}/",
    "https:127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    "http://127.0.0.1:{port}/",
    "http://example.com:{port}/",
    "HTTP://127.0.0.1:{port}/",
    "ftp://127.0.0.1:{port}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_x",
    "dict://127.0.0.1:{port}/",
    "unix:///var/run/docker.sock",
    "javascript:alert(1)",
    "https://127.0.0.1:{port}:443/",
    "https://127.0.0.1:-1/",
    "https://127.0.0.1:99999/",
    "https://[127.0.0.1]:{port}/",
    "https://-127.0.0.1:{port}/",
    "https://a_b.example.com:{port}/",
    "https://127.0.0.1:{port}/" + "a" * 3000,
    "",
]
# Names that lead inside: what the name server says.
NAMED: dict[str, list[str]] = {
    "loopback.example.com": ["127.0.0.1"],
    "far-loopback.example.com": ["127.8.8.8"],
    "six.example.com": ["::1"],
    "mapped.example.com": ["::ffff:127.0.0.1"],
    "both.example.com": [PUBLIC, "127.0.0.1"],
    "both-around.example.com": ["127.0.0.1", PUBLIC],
    "zero.example.com": ["0.0.0.0"],  # noqa: S104  (an answer of a name server, nothing listens there)
    "unspecified.example.com": ["::"],
    "xn--fiqs8s.example.com": ["127.0.0.1"],
    "metadata.example.com": ["169.254.169.254"],
    "scoped.example.com": ["fe80::1%lo"],
}
CLOSED = [
    *("10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.254", "192.168.1.1", "127.0.0.53", "0.1.2.3"),
    *("100.64.0.1", "100.100.100.200", "100.127.255.255", "169.254.169.254", "169.254.170.2", "168.63.129.16"),
    *("192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1"),
    *("239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:10.0.0.1", "::ffff:8.8.8.8"),
    *("::8.8.8.8", "64:ff9b::a00:1", "64:ff9b::808:808", "64:ff9b:1::1", "2002:a00:1::1", "2001::1", "2001:db8::1"),
    *("fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "100::1", "3fff::1", "5f00::1", "", "x"),
]


def inside(host: str, port: int) -> list[str]:
    return NAMED.get(host) or destinations.resolve(host, port)


@pytest.mark.parametrize("written", WRITTEN)
def test_no_spelling_of_an_inside_address_is_connected_to(written: str, monkeypatch: pytest.MonkeyPatch):
    with watching() as (port, came), watching("::1", port) as (_port, came_by_six):
        # Only the address can stop it here, not the port.
        monkeypatch.setattr(destinations, "PORTS", (443, port))
        with pytest.raises((Blocked, Unreached)):
            post_json(written.format(port=port), {})
    assert came + came_by_six == []


@pytest.mark.parametrize("name", NAMED)
def test_no_name_that_leads_inside_is_connected_to(name: str, monkeypatch: pytest.MonkeyPatch):
    with watching() as (port, came), watching("::1", port) as (_port, came_by_six):
        monkeypatch.setattr(destinations, "PORTS", (443, port))
        with pytest.raises(Blocked, match="not public"):
            post_json(f"https://{name}:{port}/", {}, resolve=inside)
    assert came + came_by_six == []


def test_the_watched_port_would_see_a_connection(settings: Any):
    """Without this the tests above could not fail."""
    with watching() as (port, came):
        settings.OUTGOING_ALLOW = f"inside.example.com:{port}"
        with pytest.raises(Unreached):
            post_json(f"https://inside.example.com:{port}/", {}, resolve=lambda host, port: ["127.0.0.1"])
    assert len(came) == 1


@pytest.mark.parametrize("address", CLOSED)
def test_it_is_not_public(address: str):
    assert not destinations.is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "1.1.1.1", "119.29.29.29", "2400:3200::1", "2606:4700::1111"])
def test_it_is_public(address: str):
    assert destinations.is_public(address)


@pytest.mark.parametrize("port", [22, 25, 80, 3306, 5432, 6379, 8080, 8443, 0, 65535])
def test_only_the_usual_port_is_open(port: int):
    with pytest.raises(Blocked):
        destinations.read(f"https://example.com:{port}/")


def test_a_name_server_that_changes_its_mind_leads_nowhere_else(monkeypatch: pytest.MonkeyPatch):
    """The first answer passes the check, every later one points inside."""
    answers = iter([["127.0.0.2"], ["127.0.0.1"], ["127.0.0.1"]])
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    monkeypatch.setattr(destinations, "is_public", lambda address: address == "127.0.0.2")
    with watching() as (port, came), watching("127.0.0.2", port) as (_port, came_outside):
        monkeypatch.setattr(destinations, "PORTS", (443, port))
        with pytest.raises(Unreached):
            post_json(f"https://rebinding.example.com:{port}/", {}, resolve=rebinding)
    assert came == []
    assert len(came_outside) == 1
    assert asked == ["rebinding.example.com"]


def test_redirects_are_answers(settings: Any):
    with receiving() as receiver, watching() as (port, came):
        settings.OUTGOING_ALLOW = f"{receiver.place},http://127.0.0.1:{port}"
        receiver.headers["location"] = f"http://127.0.0.1:{port}/"
        for status in (301, 302, 303, 307, 308):
            receiver.behave = lambda got, status=status: (status, {})
            assert post_json(receiver.place + "/x", {}).status == status
    assert came == []


def test_proxies_of_the_environment_are_not_asked(settings: Any, monkeypatch: pytest.MonkeyPatch):
    with receiving() as receiver, watching() as (port, came):
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        settings.OUTGOING_ALLOW = receiver.place
        receiver.behave = lambda got: (200, {"ok": 1})
        assert post_json(receiver.place + "/x", {}).json() == {"ok": 1}
    assert came == []


def test_an_allowed_place_is_allowed_for_its_port_and_scheme_only(settings: Any):
    settings.OUTGOING_ALLOW = "10.1.2.3:8443, http://pbx.intern:8088"
    allow = destinations.read_allowed(settings.OUTGOING_ALLOW)
    assert destinations.destination("https://10.1.2.3:8443/x", allow=allow).address == "10.1.2.3"
    found = destinations.destination("http://pbx.intern:8088/", allow=allow, resolve=lambda host, port: ["10.0.0.9"])
    assert (found.host, found.address) == ("pbx.intern", "10.0.0.9")
    for url in ("http://10.1.2.3:8443/", "https://10.1.2.3/", "https://pbx.intern:8088/", "https://10.1.2.4:8443/"):
        with pytest.raises(Blocked):
            destinations.destination(url, allow=allow, resolve=lambda host, port: ["10.0.0.9"])


@pytest.mark.parametrize("text", ["nohost", "https://a", "a:b", "ftp://a:1", ":80"])
def test_an_unreadable_entry_is_named(text: str):
    with pytest.raises(ValueError, match="OUTGOING_ALLOW"):
        destinations.read_allowed(text)


def test_a_long_answer_is_not_read_to_its_end(settings: Any):
    with receiving() as receiver:
        settings.OUTGOING_ALLOW = receiver.place
        receiver.behave = lambda got: (200, b"x" * 3_000_000)
        with pytest.raises(Unanswered, match="too long"):
            post_json(receiver.place + "/x", {})


def test_a_packed_answer_stays_packed(settings: Any):
    with receiving() as receiver:
        settings.OUTGOING_ALLOW = receiver.place
        receiver.headers["content-encoding"] = "gzip"
        bomb = gzip.compress(b"\0" * 50_000_000)
        receiver.behave = lambda got: (200, bomb)
        answer = post_json(receiver.place + "/x", {})
        assert answer.body == bomb
        assert answer.json() is None


def test_silence_after_sending_is_told_from_never_having_sent(settings: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(outgoing, "ANSWER_SECONDS", 0.3)
    release = threading.Event()
    with receiving() as receiver:
        settings.OUTGOING_ALLOW = f"{receiver.place},http://127.0.0.1:1"
        receiver.behave = lambda got: (release.wait(5), (200, {}))[1]
        with pytest.raises(Unanswered):
            post_json(receiver.place + "/x", {})
        release.set()
        receiver.behave = lambda got: "drop"
        with pytest.raises(Unanswered):
            post_json(receiver.place + "/x", {})
        with pytest.raises(Unreached):
            post_json("http://127.0.0.1:1/x", {})


def test_the_certificate_must_be_for_the_name(settings: Any, tmp_path: Path):
    """Connected to the address, with the name for SNI and certificate."""
    named: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path, "robot.example.com"))
    context.sni_callback = lambda sock, name, context: named.append(name)
    with receiving(context) as receiver:
        receiver.behave, port = (lambda got: (200, {})), receiver.port
        settings.OUTGOING_CA = str(tmp_path / "ca.pem")
        settings.OUTGOING_ALLOW = f"robot.example.com:{port},other.example.com:{port}"
        answer = post_json(f"https://robot.example.com:{port}/", {}, resolve=lambda host, port: ["127.0.0.1"])
        assert (answer.status, named) == (200, ["robot.example.com"])
        with pytest.raises(Unreached):
            post_json(f"https://other.example.com:{port}/", {}, resolve=lambda host, port: ["127.0.0.1"])
        settings.OUTGOING_CA = ""
        with pytest.raises(Unreached):
            post_json(f"https://robot.example.com:{port}/", {}, resolve=lambda host, port: ["127.0.0.1"])


def certificate(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(clock.now() - timedelta(days=400))
        .not_valid_after(clock.now() + timedelta(days=400))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem, plain, none = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    both = folder / "both.pem"
    both.write_bytes(key.private_bytes(pem, plain, none) + made.public_bytes(pem))
    return both
