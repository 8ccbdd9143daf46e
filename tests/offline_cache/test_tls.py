"""The centre's certificate over real TLS: the authority, the name, the time and the pinned key each count."""

from __future__ import annotations

import contextlib
import hashlib
import io
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3.exceptions
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pydantic import TypeAdapter, ValidationError

from offline_cache import sync
from offline_cache.centre import Centre, Outgoing, named
from offline_cache.errors import AnswerCut, CentreHung, CertificateRefused, CertificateUntimely, NotTheCentre
from offline_cache.pinned_key import pin_of
from offline_cache.settings import CentreSettings
from offline_cache.wire import Verdict

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def sign(self, key: ec.EllipticCurvePrivateKey, first: datetime, last: datetime, address: str) -> x509.Certificate:
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
        named = _named("centre", self.certificate.subject, key, first, last).add_extension(names, critical=False)
        return named.sign(self.key, hashes.SHA256())


def authority() -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
    constraint = x509.BasicConstraints(ca=True, path_length=None)
    built = _named("authority", name, key, NOW - 9 * DAY, NOW + 9 * DAY).add_extension(constraint, critical=True)
    return Authority(key, built.sign(key, hashes.SHA256()))


def _named(name: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, first: datetime, last: datetime) -> Any:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begun = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    return begun.serial_number(x509.random_serial_number()).not_valid_before(first).not_valid_after(last)


@dataclass
class Tls:
    """The scripted centre behind TLS, with the CA file and the pin that fit it."""

    url: str
    ca_file: Path
    pin: str


@pytest.fixture
def serve(ledger: Any, tmp_path: Path) -> Any:
    def serve(first: datetime = NOW - DAY, last: datetime = NOW + DAY, address: str = "127.0.0.1") -> Tls:
        ours, key = authority(), ec.generate_private_key(ec.SECP256R1())
        certificate = ours.sign(key, first, last, address)
        chain, ca_file = tmp_path / "centre.pem", tmp_path / "ca.pem"
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        chain.write_bytes(private + certificate.public_bytes(Encoding.PEM))
        ca_file.write_bytes(ours.certificate.public_bytes(Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        ledger.server.socket = context.wrap_socket(ledger.server.socket, server_side=True, do_handshake_on_connect=False)
        return Tls(f"https://127.0.0.1:{ledger.port}", ca_file, pin_of(certificate.public_bytes(Encoding.DER)))

    return serve


def send(kit: Any, tls: Tls, *, padding: int = 0, **settings: Any) -> Verdict:
    key = kit.new_key()
    content = kit.composed(key, padding)(1)
    one = Outgoing(key, hashlib.sha256(content).hexdigest(), content)
    return Centre(kit.quick(tls.url, **settings), kit.make_identity()).submit([one])[key].verdict


def test_a_certificate_of_the_named_authority_is_taken(serve: Any, kit: Any) -> None:
    tls = serve()
    assert send(kit, tls, ca_file=tls.ca_file) is Verdict.ACCEPTED


def test_a_certificate_of_another_authority_is_refused_and_nothing_is_sent(
    serve: Any, kit: Any, ledger: Any, tmp_path: Path
) -> None:
    tls, other = serve(), tmp_path / "other.pem"
    other.write_bytes(authority().certificate.public_bytes(Encoding.PEM))
    with pytest.raises(CertificateRefused):
        send(kit, tls, ca_file=other)
    assert ledger.got.empty()


def test_the_environment_cannot_name_another_authority(serve: Any, kit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tls = serve()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls.ca_file))
    with pytest.raises(CertificateRefused):
        send(kit, tls)


def test_the_environment_cannot_have_the_keys_of_sessions_written_down(
    serve: Any, kit: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tls, written = serve(), tmp_path / "keys"
    monkeypatch.setenv("SSLKEYLOGFILE", str(written))
    assert send(kit, tls, ca_file=tls.ca_file) is Verdict.ACCEPTED
    assert not written.exists()


def test_a_certificate_for_another_name_is_refused(serve: Any, kit: Any) -> None:
    tls = serve(address="127.0.0.2")
    with pytest.raises(CertificateRefused):
        send(kit, tls, ca_file=tls.ca_file)


@pytest.mark.parametrize(("first", "last"), [(NOW - 3 * DAY, NOW - DAY), (NOW + DAY, NOW + 3 * DAY)], ids=["expired", "not yet"])
def test_a_certificate_out_of_its_time_names_clock_or_certificate(serve: Any, kit: Any, first: datetime, last: datetime) -> None:
    tls = serve(first, last)
    with pytest.raises(CertificateUntimely):
        send(kit, tls, ca_file=tls.ca_file)


def test_the_pinned_key_is_taken_and_another_is_refused_before_anything_is_sent(serve: Any, kit: Any, ledger: Any) -> None:
    tls = serve()
    assert send(kit, tls, ca_file=tls.ca_file, pinned_key=tls.pin) is Verdict.ACCEPTED
    ledger.got.get(timeout=5)
    other = pin_of(authority().certificate.public_bytes(Encoding.DER))
    with pytest.raises(CertificateRefused):
        send(kit, tls, ca_file=tls.ca_file, pinned_key=other)
    assert ledger.got.empty()


def test_the_key_that_is_to_come_can_be_pinned_beside_the_one_of_today(serve: Any, kit: Any) -> None:
    tls, other = serve(), pin_of(authority().certificate.public_bytes(Encoding.DER))
    for pins in (f"{other} {tls.pin}", f"{tls.pin} {other}"):
        TypeAdapter(CentreSettings).validate_python({"pinned_key": pins})
        assert send(kit, tls, ca_file=tls.ca_file, pinned_key=pins) is Verdict.ACCEPTED


def test_a_page_without_tls_is_a_portals_and_no_certificate(kit: Any, ledger: Any) -> None:
    ledger.handle = lambda handler: handler.close_connection
    with pytest.raises(NotTheCentre):
        send(kit, Tls(f"https://127.0.0.1:{ledger.port}", Path(), ""))


def test_a_line_cut_in_the_handshake_is_no_matter_of_the_certificate(kit: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def cut() -> None:
            connection, _ = server.accept()
            connection.recv(65_536)
            connection.close()

        cutting = threading.Thread(target=cut)
        cutting.start()
        with pytest.raises(AnswerCut):
            send(kit, Tls(f"https://127.0.0.1:{server.getsockname()[1]}", Path(), ""))
        cutting.join()


@pytest.mark.parametrize("cut", [ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError, ConnectionResetError])
def test_a_connection_that_ends_within_tls_is_a_cut_line_however_it_ends(cut: type[OSError]) -> None:
    pool: Any = None
    if issubclass(cut, ssl.SSLError):
        inner = urllib3.exceptions.MaxRetryError(pool, "/", urllib3.exceptions.SSLError(cut(6, "closed")))
        failure: Exception = requests.exceptions.SSLError(inner)
    else:
        failure = requests.exceptions.ConnectionError(urllib3.exceptions.ProtocolError("aborted", cut(104, "reset")))
    assert type(named(failure)) is AnswerCut


def test_an_authority_whose_file_is_not_there_has_signed_nothing(serve: Any, kit: Any, ledger: Any, tmp_path: Path) -> None:
    tls = serve()
    with pytest.raises(CertificateRefused):
        send(kit, tls, ca_file=tmp_path / "nowhere.pem")
    assert ledger.got.empty()


def test_an_answer_in_drops_is_given_up_after_the_whole_time_over_tls_too(serve: Any, kit: Any, ledger: Any) -> None:
    tls = serve()

    def drip(handler: Any, _: object) -> None:
        handler.close_connection = True
        with contextlib.suppress(OSError):
            for piece in (b"HTTP/1.1 200 OK\r\nX-Slow: ", *[b"x"] * 150):
                handler.wfile.write(piece)
                time.sleep(0.02)

    ledger.write = drip
    with pytest.raises(CentreHung):
        send(kit, tls, ca_file=tls.ca_file, total_timeout_seconds=0.3)


def test_a_line_that_takes_what_is_sent_in_drops_is_given_up_after_the_whole_time(serve: Any, kit: Any, ledger: Any) -> None:
    ledger.server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    tls = serve()
    right = ledger.handle

    def slowly(handler: Any) -> None:
        handler.rfile = io.BytesIO(b"".join(slow_pieces(handler)))
        right(handler)

    ledger.handle = slowly
    with pytest.raises(CentreHung):
        send(kit, tls, padding=4_000_000, ca_file=tls.ca_file, read_timeout_seconds=10.0, total_timeout_seconds=0.3)
    assert ledger.got.empty(), "it was not sent to its end"


def slow_pieces(handler: Any) -> Iterator[bytes]:
    left = int(handler.headers["Content-Length"])
    while left and (piece := handler.rfile.read(min(left, 100_000))):
        left -= len(piece)
        time.sleep(0.02)
        yield piece


def test_a_pin_that_is_none_is_a_mistake_in_the_settings() -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(CentreSettings).validate_python({"url": "https://centre.example", "pinned_key": "abc"})


@pytest.mark.parametrize("error", [CertificateRefused(), CertificateUntimely()])
def test_a_wrong_certificate_is_the_lines_trouble_and_costs_no_submission_a_try(error: Any) -> None:
    assert sync.after_batch_error(error, 1) is sync.BatchFate.LINE
    line = sync.line_after_error(sync.Line(up=True), error, now=100.0, jitter=1.0, pace=sync.Pace())
    assert (line.up, line.why, line.knock) == (False, error.code, False)
    assert line.retry_at - 100.0 <= sync.Pace().line_cap
