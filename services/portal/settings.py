"""What the portal alone must be told: its keys, where the others are, and how mail leaves."""

from email.utils import parseaddr
from typing import Annotated, Self

from pydantic import AfterValidator, AnyHttpUrl, AnyUrl, Field, UrlConstraints, model_validator

from common.settings import EncryptionKey, EncryptionKeys, Mode, SigningKey, decoded_key
from common.settings import Settings as CommonSettings

SmtpUrl = Annotated[AnyUrl, UrlConstraints(allowed_schemes=["smtp", "smtps"], host_required=True)]


def sender(address: str) -> str:
    if "@" not in parseaddr(address)[1]:
        raise ValueError("is not a mail address")
    return address


class Settings(CommonSettings):
    key_encryption_key: EncryptionKeys
    token_signing_key: SigningKey
    email_index_key: EncryptionKey
    public_url: AnyHttpUrl = Field(examples=["https://binome.example"])
    intake_url: AnyHttpUrl = Field(examples=["http://127.0.0.1:8001"])
    matching_url: AnyHttpUrl = Field(examples=["http://127.0.0.1:8002"])
    followup_url: AnyHttpUrl = Field(examples=["http://127.0.0.1:8003"])
    training_url: AnyHttpUrl = Field(examples=["http://127.0.0.1:8004"])
    reporting_url: AnyHttpUrl = Field(examples=["http://127.0.0.1:8005"])
    # Without it, mails wait in the table; in local mode the page /outbox shows them.
    smtp_url: SmtpUrl | None = Field(default=None, examples=["smtps://user:word@mail.example:465"])
    mail_from: Annotated[str, AfterValidator(sender)] = "Binôme <ne-pas-repondre@binome.example>"
    # Who may sign in as admin for as long as nobody has that role.
    first_admin_email: str | None = None
    # How many proxies of ours stand in front: the address of a client is then in their header.
    proxies: int = Field(default=0, ge=0, le=5)

    @model_validator(mode="after")
    def mails_say_whom_they_come_from(self) -> Self:
        if (
            self.smtp_url
            and self.mode is not Mode.LOCAL
            and "mail_from" not in self.model_fields_set
        ):
            raise ValueError("SMTP_URL needs MAIL_FROM beside it, the sender of every mail")
        return self

    @property
    def index_key(self) -> bytes:
        return decoded_key(self.email_index_key.get_secret_value())

    def url_of(self, service: str) -> str:
        url: AnyHttpUrl = getattr(self, f"{service}_url")
        return str(url).rstrip("/")

    @property
    def home(self) -> str:
        return str(self.public_url).rstrip("/")
