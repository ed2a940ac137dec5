"""The key with which the server signs proofs; nobody needs the server to check one."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from followup.domain.proofs import Document, SealedProof, canonical, hash_of


class SigningKey:
    """Signs proofs, and keys the hashes of codes; its private part never shows itself."""

    __slots__ = ("_private", "code_key", "key_id")

    def __init__(self, jwk: str) -> None:
        read = json.loads(jwk)
        secret = _bytes(read["d"])
        self._private = Ed25519PrivateKey.from_private_bytes(secret)
        self.key_id: str = read["kid"]
        derived = HKDF(SHA256(), length=32, salt=None, info=b"followup signature codes")
        self.code_key = derived.derive(secret)

    def seal(self, proof: Mapping[str, Any]) -> SealedProof:
        whole = {**proof, "server_key": self.public()}
        return SealedProof(
            body=whole,
            sha256=hash_of(whole),
            key_id=self.key_id,
            signature=_text(self._private.sign(canonical(whole))),
        )

    def public(self) -> dict[str, str]:
        """Give the public part, which is all that a check needs."""
        x = _text(self._private.public_key().public_bytes_raw())
        return {"kty": "OKP", "crv": "Ed25519", "kid": self.key_id, "x": x}


class PublicKeys:
    """The public keys by which proofs are checked."""

    def __init__(self, keys: Document) -> None:
        self._keys = {
            name: Ed25519PublicKey.from_public_bytes(_bytes(jwk["x"])) for name, jwk in keys.items()
        }

    def is_genuine(self, key_id: str, content: bytes, signature: str) -> bool:
        key = self._keys.get(key_id)
        if key is None:
            return False
        try:
            key.verify(_bytes(signature), content)
        except (InvalidSignature, ValueError):
            return False
        return True


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
