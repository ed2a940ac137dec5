"""What is sealed opens for its person and field alone, and shows itself nowhere else."""

import traceback
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID, uuid4

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from common.contracts.vocabulary import Sealed
from common.seal import (
    LARGEST_TEXT,
    BadKey,
    DataKey,
    KeyRing,
    NotText,
    NotWrappedByUs,
    SealBroken,
    TooLongToSeal,
    blind_index,
    masked,
    same_email,
    same_name,
)
from common.settings import EncryptionKeys

ZOE = UUID("00000000-0000-7000-8000-000000000001")
KEY = DataKey(b"k" * 32)
OLD, NEW = b"o" * 32, b"n" * 32
STORY = "Zoé habite au 3, rue des Lilas"


@given(st.uuids(), st.text(), st.text())
def test_any_text_comes_back_as_it_was(person_id, field, text):
    assert KEY.open(person_id, field, KEY.seal(person_id, field, text)) == text


@given(st.uuids(), st.uuids())
def test_a_text_sealed_for_one_person_never_opens_for_another(one, other):
    assume(one != other)
    with pytest.raises(SealBroken):
        KEY.open(other, "name", KEY.seal(one, "name", STORY))


@given(st.text(), st.text())
def test_a_text_sealed_in_one_field_never_opens_in_another(one, other):
    assume(one != other)
    with pytest.raises(SealBroken):
        KEY.open(ZOE, other, KEY.seal(ZOE, one, STORY))


@given(st.binary(min_size=32, max_size=32))
def test_another_key_opens_nothing(secret):
    assume(secret != b"k" * 32)
    with pytest.raises(SealBroken):
        DataKey(secret).open(ZOE, "name", KEY.seal(ZOE, "name", STORY))


def test_no_bit_of_a_sealed_text_can_be_changed():
    box = decoded(KEY.seal(ZOE, "name", STORY))
    for bit in range(len(box) * 8):
        with pytest.raises(SealBroken):
            KEY.open(ZOE, "name", encoded(flipped(box, bit)))


def test_a_sealed_text_has_one_spelling_only():
    sealed = KEY.seal(ZOE, "name", "ab")
    for spelling in (
        f"{sealed}=",
        f"{sealed}\n",
        sealed[:5] + "\n" + sealed[5:],
        neighbour(sealed),
    ):
        with pytest.raises(SealBroken):
            KEY.open(ZOE, "name", Sealed(spelling))


@given(st.text())
def test_what_was_never_sealed_does_not_open(text):
    with pytest.raises(SealBroken):
        KEY.open(ZOE, "name", Sealed(text))


@given(st.integers(min_value=0, max_value=60))
def test_a_sealed_text_that_was_cut_does_not_open(length):
    sealed = KEY.seal(ZOE, "name", STORY)
    with pytest.raises(SealBroken):
        KEY.open(ZOE, "name", Sealed(sealed[:length]))


def test_the_same_text_is_never_sealed_the_same_way_twice():
    assert KEY.seal(ZOE, "name", STORY) != KEY.seal(ZOE, "name", STORY)


def test_a_text_as_long_as_allowed_is_sealed_and_one_byte_more_is_refused():
    longest = "é" * (LARGEST_TEXT // 2)
    assert KEY.open(ZOE, "story", KEY.seal(ZOE, "story", longest)) == longest
    with pytest.raises(TooLongToSeal):
        KEY.seal(ZOE, "story", longest + "e")


def test_a_lone_surrogate_is_refused_without_repeating_the_text():
    with pytest.raises(NotText) as refused:
        KEY.seal(ZOE, "story", f"{STORY}\ud800")
    assert STORY not in "".join(traceback.format_exception(refused.value))
    assert refused.value.__context__ is None or refused.value.__suppress_context__


def test_keys_do_not_show_themselves():
    secret = b"this is a secret key of 32 bytes"
    shown = repr(DataKey(secret)) + str(DataKey(secret)) + repr(KeyRing([secret]))
    assert "secret" not in shown


@pytest.mark.parametrize("secret", [b"", b"short", b"x" * 33])
def test_a_key_that_is_not_32_bytes_is_refused_without_being_shown(secret):
    for make in (DataKey, lambda key: KeyRing([key])):
        with pytest.raises(BadKey) as refused:
            make(secret)
        assert not secret or secret.decode() not in str(refused.value)


def test_a_ring_without_keys_is_refused():
    with pytest.raises(BadKey):
        KeyRing([])


def test_the_newest_key_wraps_and_every_key_unwraps():
    wrapped_long_ago = KeyRing([OLD]).wrap(ZOE, KEY)
    ring = KeyRing([NEW, OLD])
    assert same_key(ring.unwrap(ZOE, wrapped_long_ago))
    assert same_key(KeyRing([NEW]).unwrap(ZOE, ring.wrap(ZOE, KEY)))
    assert not wrapped_long_ago.startswith(ring.mark)
    assert ring.wrap(ZOE, KEY).startswith(ring.mark)


def test_a_retired_key_unwraps_nothing():
    with pytest.raises(NotWrappedByUs):
        KeyRing([NEW]).unwrap(ZOE, KeyRing([OLD]).wrap(ZOE, KEY))


def test_a_wrapped_key_cannot_be_given_to_somebody_else():
    ring = KeyRing([NEW])
    with pytest.raises(NotWrappedByUs):
        ring.unwrap(uuid4(), ring.wrap(ZOE, KEY))


def test_no_bit_of_a_wrapped_key_can_be_changed():
    ring = KeyRing([NEW])
    wrapped = ring.wrap(ZOE, KEY)
    for bit in range(len(wrapped) * 8):
        with pytest.raises(NotWrappedByUs):
            ring.unwrap(ZOE, flipped(wrapped, bit))


@given(st.binary(max_size=80))
def test_what_was_never_wrapped_is_not_unwrapped(wrapped):
    with pytest.raises(NotWrappedByUs):
        KeyRing([NEW]).unwrap(ZOE, wrapped)


def test_a_ring_is_read_from_base64url_keys_newest_first():
    text = ", ".join(urlsafe_b64encode(key).decode().rstrip("=") for key in (NEW, OLD))
    ring = KeyRing.parse(text)
    assert KeyRing([NEW]).wrap(ZOE, KEY).startswith(ring.mark)
    assert same_key(ring.unwrap(ZOE, KeyRing([OLD]).wrap(ZOE, KEY)))


def test_settings_take_several_key_encryption_keys_and_check_each():
    keys = TypeAdapter(EncryptionKeys)
    good, bad = urlsafe_b64encode(NEW).decode(), urlsafe_b64encode(b"short").decode()
    assert keys.validate_python(f"{good},{good}").get_secret_value() == f"{good},{good}"
    for wrong in (f"{good},{bad}", f"{good},", ""):
        with pytest.raises(ValidationError):
            keys.validate_python(wrong)


def test_the_wrapped_key_holds_no_byte_of_the_key():
    assert b"kkkk" not in KeyRing([NEW]).wrap(ZOE, KEY)


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ("marie@example.fr", "m…e@ex…e.fr"),
        ("jo@free.fr", "j…@fr…e.fr"),
        ("a@b.fr", "…@….fr"),
        ("a@localhost", "…@lo…t"),
        ("06 34 56 78 12", "06 •• •• •• 12"),
        ("+33 6 34 56 78 12", "06 •• •• •• 12"),
        ("112", "••"),
        ("", "••"),
    ],
)
def test_a_masked_contact_shows_just_enough_for_its_owner(contact, shown):
    assert masked(contact) == shown


@given(st.emails())
def test_a_masked_address_never_shows_the_mailbox(address):
    mailbox = address.rpartition("@")[0]
    assert not masked(address).startswith(f"{mailbox}@")


def test_the_same_person_is_found_again_however_typed():
    assert same_name("  José-Luis D’ÉON ") == same_name("jose luis d'eon")
    assert same_email(" Marie@Example.FR ") == "marie@example.fr"


def test_accents_keep_two_addresses_apart():
    assert same_email("rene@example.fr") != same_email("rené@example.fr")


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_a_blind_index_is_the_same_for_the_same_parts_alone(one, other):
    assert (blind_index(NEW, *one) == blind_index(NEW, *other)) == (one == other)


def test_a_blind_index_says_nothing_without_its_key():
    assert blind_index(NEW, "zoé") != blind_index(OLD, "zoé")


def same_key(key):
    return KEY.open(ZOE, "name", key.seal(ZOE, "name", STORY)) == STORY


def flipped(data, bit):
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def decoded(sealed):
    body = sealed.removeprefix("s1.")
    return urlsafe_b64decode(body + "=" * (-len(body) % 4))


def encoded(box):
    return Sealed("s1." + urlsafe_b64encode(box).decode().rstrip("="))


def neighbour(sealed):
    """Change only bits of the last letter that no byte depends on."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return sealed[:-1] + letters[letters.index(sealed[-1]) ^ 1]
