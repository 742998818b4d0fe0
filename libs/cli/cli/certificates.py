"""What do the doors of a local stack need? A development authority and its certificate, keys that sign calls, and who is known.

All under `.local/doors` and `.local/keys`, made once, readable by their owner. A municipality has an authority of its own.
"""

import datetime as dt
import ipaddress
import json
import os
import time
from pathlib import Path
from typing import Any

from chassis import files
from contracts.vocabulary import SERVICES
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import OKPKey

from cli.local import home

DEVELOPMENT_ISSUER = "kokunen-development"
"""Gives tokens to people on a local stack, and nowhere else."""
_DAYS = 825
_MINUTES = 10


def environment() -> dict[str, str]:
    """What a service finds in its environment; what is missing is made."""
    folder = home() / "doors"
    if not (folder / "door.pem").exists():
        _certify(folder)
    _know(SERVICES, _keys(), callers_file())
    return {
        "KOKUNEN_TLS_CERTIFICATE": str(folder / "door.pem"),
        "KOKUNEN_TLS_KEY": str(folder / "door.key"),
        "KOKUNEN_TLS_AUTHORITY": str(folder / "authority.pem"),
        "KOKUNEN_CALLERS": str(callers_file()),
    }


def development_token(
    account: str, audience: str | list[str], roles: list[str], seconds: int | None = None, **more: Any
) -> str:
    """A token for a person on this local stack, good for ten minutes or as long as is said; `more` = further claims."""
    (key,) = _know((DEVELOPMENT_ISSUER,), _keys(), callers_file())
    now = int(time.time())
    claims = {
        "iss": DEVELOPMENT_ISSUER, "sub": account, "aud": audience, "roles": roles, "iat": now, "exp": now + (seconds or 60 * _MINUTES), **more,
    }  # fmt: skip
    return jwt.encode({"alg": "Ed25519", "kid": DEVELOPMENT_ISSUER}, claims, key, algorithms=["Ed25519"])


def callers(folder: Path) -> None:
    """A signing key for each service, and `callers.json` with their public halves, for a cluster; what is there is kept."""
    _know(SERVICES, folder, folder / "callers.json")


def callers_file() -> Path:
    """Who is known at the doors of this local stack."""
    return home() / "doors" / "callers.json"


def _keys() -> Path:
    return Path(os.environ.get("KOKUNEN_KEYS") or home() / "keys")


def _know(issuers: tuple[str, ...], keys: Path, file: Path) -> list[OKPKey]:
    """The signing keys of these, made where they are missing; the callers' file knows their public halves."""
    found = [_signing_key(keys / f"{issuer}.signing", issuer) for issuer in issuers]
    known: list[dict[str, Any]] = json.loads(file.read_text())["keys"] if file.exists() else []
    ours = {key["kid"]: key for key in known}
    for issuer, key in zip(issuers, found, strict=True):
        ours[issuer] = {**key.as_dict(private=False), "kid": issuer, "iss": issuer}
    if list(ours.values()) != known:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        files.write(file, json.dumps({"keys": list(ours.values())}, indent=1).encode())
    return found


def _signing_key(file: Path, issuer: str) -> OKPKey:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = OKPKey.generate_key("Ed25519", {"kid": issuer})
        files.write(file, json.dumps(key.as_dict(private=True)).encode())
    return OKPKey.import_key(json.loads(file.read_bytes()))


def _certify(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority_key, door_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _name("kokunen development authority")
    now = dt.datetime.now(dt.UTC)
    certificate = (
        _certificate(authority, authority, authority_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    local = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.IPv4Address("127.0.0.1"))]
    door = (
        _certificate(_name("kokunen door"), authority, door_key.public_key(), now)
        .add_extension(x509.SubjectAlternativeName(local), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    files.write(folder / "authority.pem", certificate.public_bytes(serialization.Encoding.PEM))
    files.write(folder / "door.key", _private(door_key))
    files.write(
        folder / "door.pem", door.public_bytes(serialization.Encoding.PEM)
    )  # last: its presence says all are there


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: dt.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=_DAYS))
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
