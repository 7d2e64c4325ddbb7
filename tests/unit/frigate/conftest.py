"""A fake server for each test, and certificates."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import hashlib
from ipaddress import IPv4Address
from pathlib import Path
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
import pytest

from .fake_frigate import FakeFrigate, serving


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A self-signed certificate of 127.0.0.1."""

    context: ssl.SSLContext
    der: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 in hexadecimal."""
        return hashlib.sha256(self.der).hexdigest()


def make_certificate(folder: Path) -> Certificate:
    """Make what Frigate makes for itself when it starts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(path)
    return Certificate(context=context, der=certificate.public_bytes(serialization.Encoding.DER))


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    """A certificate that nobody trusts."""
    return make_certificate(tmp_path)


@pytest.fixture
async def frigate(socket_enabled: None) -> AsyncIterator[FakeFrigate]:
    """A server with login, plain HTTP."""
    async with serving(FakeFrigate()) as running:
        yield running


@pytest.fixture
async def secure(socket_enabled: None, certificate: Certificate) -> AsyncIterator[FakeFrigate]:
    """A server with login and its own certificate."""
    async with serving(FakeFrigate(), certificate.context) as running:
        yield running
