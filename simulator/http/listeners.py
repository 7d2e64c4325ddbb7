"""The two ports of the simulated server, and its self-signed certificate."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import ipaddress
from pathlib import Path
import socket
import ssl
import tempfile

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from simulator.http.answers import NGINX, nginx_page

TLS_HANDSHAKE = b"\x16"
FIRST_BYTE_TIMEOUT = 5.0
PLAIN_TITLE = "400 The plain HTTP request was sent to HTTPS port"
PLAIN_LINE = "The plain HTTP request was sent to HTTPS port"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A self-signed certificate for this machine."""

    pem: bytes
    key: bytes
    fingerprint: str

    @classmethod
    def make(cls) -> Certificate:
        """A fresh one for localhost, valid for a year."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "FRIGATE DEFAULT CERT")])
        now = datetime.now(UTC)
        names = x509.SubjectAlternativeName(
            [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        )
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=365))
            .add_extension(names, critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(
            pem=certificate.public_bytes(serialization.Encoding.PEM),
            key=key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ),
            fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        )

    def context(self) -> ssl.SSLContext:
        """A server context; like Frigate's nginx it speaks TLS 1.3 only."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        with tempfile.TemporaryDirectory() as folder:
            pem, key = Path(folder, "cert.pem"), Path(folder, "key.pem")
            pem.write_bytes(self.pem)
            key.write_bytes(self.key)
            context.load_cert_chain(pem, key)
        return context


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.create_server((host, port), backlog=128)
    listener.setblocking(False)
    return listener


class Listener:
    """One port. With a certificate it speaks TLS and tells a plain request what nginx tells it."""

    def __init__(
        self, runner: web.AppRunner, host: str, certificate: Certificate | None = None
    ) -> None:
        self._runner = runner
        self._host = host
        self._context = certificate.context() if certificate else None
        self._socket: socket.socket | None = None
        self._task: asyncio.Task[None] | None = None
        self._accepting: set[asyncio.Task[None]] = set()
        self.port = 0

    async def start(self, port: int) -> None:
        """Listen; port 0 takes a free one, a second start takes the same one again."""
        self._socket = _listen(self._host, port or self.port)
        self.port = self._socket.getsockname()[1]
        self._task = asyncio.create_task(self._accept(self._socket))

    async def stop(self) -> None:
        """Close the port; what is connected stays connected."""
        tasks = [*([self._task] if self._task else []), *self._accepting]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._socket is not None:
            self._socket.close()
        self._task = self._socket = None

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            connection, _ = await loop.sock_accept(listener)
            task = asyncio.create_task(self._connected(connection))
            self._accepting.add(task)
            task.add_done_callback(self._accepting.discard)

    async def _connected(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        server = self._runner.server
        try:
            if server is None:
                connection.close()
            elif self._context is None:
                await loop.connect_accepted_socket(server, connection)
            elif await _first_byte(connection) == TLS_HANDSHAKE:
                await loop.connect_accepted_socket(server, connection, ssl=self._context)
            else:
                await loop.sock_sendall(connection, _plain_on_tls())
                connection.close()
        except OSError, TimeoutError:
            # A client that goes away or refuses the certificate is its own business.
            with suppress(OSError):
                connection.close()


async def _first_byte(connection: socket.socket) -> bytes:
    """Look at the first byte without taking it."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(connection.fileno(), readable.set)
    try:
        async with asyncio.timeout(FIRST_BYTE_TIMEOUT):
            await readable.wait()
        return connection.recv(1, socket.MSG_PEEK)
    finally:
        loop.remove_reader(connection.fileno())


def _plain_on_tls() -> bytes:
    page = nginx_page(400, title=PLAIN_TITLE, lines=[PLAIN_LINE])
    content = page.body if isinstance(page.body, bytes) else b""
    head = (
        f"HTTP/1.1 400 Bad Request\r\nServer: {NGINX}\r\nContent-Type: text/html\r\n"
        f"Content-Length: {len(content)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + content
