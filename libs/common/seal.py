"""Identity never travels in the clear: what names a person is sealed under a key of theirs."""

import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256
from hmac import new as keyed_hash
from secrets import token_bytes
from typing import Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from common.contracts.vocabulary import Sealed
from common.errors import Invalid
from common.settings import KEY_BYTES, decoded_key

NONCE_BYTES = 12
KEY_ID_BYTES = 4
LARGEST_TEXT = 64 * 1024
TEXT_FORM = "s1."
WRAPPED_FORM = b"\x01"


class SealBroken(Exception):
    """A sealed text was changed, moved to another person or field, or never was one."""


class NotWrappedByUs(Exception):
    """No key encryption key that we were given opens this wrapped key."""


class BadKey(ValueError):
    """A secret key must be 32 bytes."""


class TooLongToSeal(Invalid):
    """This text is too long to be kept."""

    fr = "Ce texte est trop long pour être conservé."


class NotText(Invalid):
    """This is not text."""

    fr = "Ceci n'est pas du texte."


class DataKey:
    """The key of one person: it seals and opens, and never shows itself."""

    __slots__ = ("_cipher", "_secret")

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise BadKey(BadKey.__doc__)
        self._secret = secret
        self._cipher = AESGCM(secret)

    @classmethod
    def new(cls) -> Self:
        return cls(token_bytes(KEY_BYTES))

    def seal(self, person_id: UUID, field: str, text: str) -> Sealed:
        nonce = token_bytes(NONCE_BYTES)
        box = nonce + self._cipher.encrypt(nonce, _plain(field, text), _bound_to(person_id, field))
        return _text(box)

    def open(self, person_id: UUID, field: str, sealed: Sealed) -> str:
        box = _box(sealed)
        try:
            plain = self._cipher.decrypt(
                box[:NONCE_BYTES], box[NONCE_BYTES:], _bound_to(person_id, field)
            )
        except (InvalidTag, ValueError):
            raise SealBroken(person_id, field) from None
        return plain.decode()


class KeyRing:
    """The key encryption keys, newest first: the newest wraps, every one of them unwraps."""

    __slots__ = ("_ciphers", "_newest")

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise BadKey(BadKey.__doc__)
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._newest = _key_id(keys[0])

    @classmethod
    def parse(cls, keys: str) -> Self:
        """Read base64url keys, newest first, separated by commas."""
        return cls([decoded_key(key.strip()) for key in keys.split(",")])

    def wrap(self, person_id: UUID, key: DataKey) -> bytes:
        nonce = token_bytes(NONCE_BYTES)
        secret = key._secret  # noqa: SLF001 (the one place where a key leaves its wrapping)
        boxed = self._ciphers[self._newest].encrypt(nonce, secret, person_id.bytes)
        return self.mark + nonce + boxed

    def unwrap(self, person_id: UUID, wrapped: bytes) -> DataKey:
        form, key_id, nonce, boxed = _parts(wrapped)
        cipher = self._ciphers.get(key_id)
        if form != WRAPPED_FORM or cipher is None:
            raise NotWrappedByUs(person_id)
        try:
            return DataKey(cipher.decrypt(nonce, boxed, person_id.bytes))
        except (InvalidTag, ValueError):
            raise NotWrappedByUs(person_id) from None

    @property
    def mark(self) -> bytes:
        """By what one knows what the newest key wrapped, and not one that is to be retired."""
        return WRAPPED_FORM + self._newest


def blind_index(key: bytes, *parts: str) -> str:
    """Find the same person again without keeping who it is: a keyed hash of the parts."""
    mac = keyed_hash(key, digestmod=sha256)
    for part in parts:
        text = part.encode(errors="surrogatepass")
        # The length keeps ("ab", "c") apart from ("a", "bc").
        mac.update(len(text).to_bytes(4, "big") + text)
    return mac.hexdigest()


def same_email(address: str) -> str:
    """Reduce an address to what stays the same however it is typed; accents do count."""
    return unicodedata.normalize("NFKC", address.strip()).casefold()


def same_name(name: str) -> str:
    """Reduce a name to what stays the same however it is typed: José-Luis is jose luis."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    words = "".join(letter if letter.isalnum() else " " for letter in _without_accents(letters))
    return " ".join(words.split())


def masked(contact: str) -> str:
    """Show enough of a contact for its owner to know it: m…e@ex…e.fr, 06 •• •• •• 12."""
    if "@" in contact:
        mailbox, _, domain = contact.rpartition("@")
        host, dot, ending = domain.rpartition(".")
        return f"{_ends(mailbox, 1)}@{_ends(host or ending, 2)}{dot}{ending if dot else ''}"
    digits = [character for character in contact.replace("+33", "0") if character.isdigit()]
    if len(digits) < len("0612"):
        return "••"
    return f"{''.join(digits[:2])} •• •• •• {''.join(digits[-2:])}"


def _without_accents(letters: str) -> str:
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _ends(word: str, first: int) -> str:
    """Keep the first letters and the last one, if that still hides something."""
    if len(word) <= first + 1:
        return f"{word[:1]}…" if len(word) > 1 else "…"
    return f"{word[:first]}…{word[-1]}"


def _plain(field: str, text: str) -> bytes:
    try:
        plain = text.encode()
    except UnicodeEncodeError:
        # The original error would carry the whole text along into a log.
        raise NotText(field) from None
    if len(plain) > LARGEST_TEXT:
        raise TooLongToSeal(field)
    return plain


def _bound_to(person_id: UUID, field: str) -> bytes:
    return f"{person_id}:{field}".encode()


def _box(sealed: str) -> bytes:
    body = sealed.removeprefix(TEXT_FORM)
    try:
        box = urlsafe_b64decode(body + "=" * (-len(body) % 4))
    except ValueError:
        raise SealBroken from None
    if sealed != _text(box):
        # One sealed text has one spelling: whatever else decodes to the same bytes was touched.
        raise SealBroken
    return box


def _text(box: bytes) -> Sealed:
    return Sealed(TEXT_FORM + urlsafe_b64encode(box).rstrip(b"=").decode())


def _key_id(key: bytes) -> bytes:
    return sha256(b"key id" + key).digest()[:KEY_ID_BYTES]


def _parts(wrapped: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    after_id = 1 + KEY_ID_BYTES
    after_nonce = after_id + NONCE_BYTES
    return wrapped[:1], wrapped[1:after_id], wrapped[after_id:after_nonce], wrapped[after_nonce:]
