"""What intake must be told beside what every service must."""

from pydantic import Field

from common.settings import EncryptionKeys, Settings


class IntakeSettings(Settings):
    """Intake is the home of the keys of people, and has a door that is open to everybody."""

    key_encryption_key: EncryptionKeys
    # How many forms one address may send through the public door in a minute.
    public_forms_a_minute: int = Field(default=60, ge=1)
    # How many proxies of ours pass that address on: the portal is one. 0: nobody is believed.
    proxies: int = Field(default=0, ge=0, le=5)
