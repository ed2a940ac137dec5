"""A mail address is one address and nothing else: a slip in it must not write to a stranger."""

import pytest
from pydantic import TypeAdapter, ValidationError

from intake.forms import Email

EMAIL = TypeAdapter(Email)


@pytest.mark.parametrize(
    "address",
    [
        "ines@example.org",
        "o'neill+mentor@a-b.example.org",
        "ines..b.@example.org",
        "INES_1@MAIL.EXAMPLE.ORG",
        f"{'i' * 64}@{'b' * 63}.fr",
    ],
)
def test_an_address_that_browsers_take_is_taken(address):
    assert EMAIL.validate_python(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "ines,benali@example.org",
        "ines;benali@example.org",
        "ines<b@example.org",
        "ines:b@example.org",
        "ines(b)@example.org",
        '"ines"@example.org',
        "ines@[example.org",
        "ines@example",
        "ines@example.org.",
        "ines@example..org",
        "ines@-example.org",
        f"ines@{'b' * 64}.fr",
        "inès@example.org",
        "ines@example.org\n",
        "ines@b@example.org",
    ],
)
def test_what_a_mail_server_would_take_apart_or_not_find_is_refused(address):
    with pytest.raises(ValidationError):
        EMAIL.validate_python(address)
