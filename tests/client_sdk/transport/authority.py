"""
An authority of our own, and the certificates that it signs.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def make_authority(name: str) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """A certificate authority of this name, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    return make_certificate(name, key.public_key(), name, key, authority=True), key


def make_certificate(
    name: str,
    public: ec.EllipticCurvePublicKey,
    issuer: str,
    by: ec.EllipticCurvePrivateKey,
    *,
    authority: bool,
) -> x509.Certificate:
    """A certificate for this machine, or for an authority."""
    now = datetime.now(UTC)
    called: Callable[[str], x509.Name] = lambda text: x509.Name(  # noqa: E731  # two names, one line each
        [x509.NameAttribute(x509.NameOID.COMMON_NAME, text)]
    )
    built = (
        x509.CertificateBuilder()
        .subject_name(called(name))
        .issuer_name(called(issuer))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    if authority:
        usage = x509.KeyUsage(
            digital_signature=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        built = built.add_extension(usage, critical=True)
    return built.sign(by, hashes.SHA256())


def pem_of(certificate: x509.Certificate) -> str:
    """As a file holds it."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
