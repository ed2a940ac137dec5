"""What each service is told, and no more: the fewest secrets with which it can work."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from common.server import OPERATOR
from local.ports import HOST, SERVICES, Ports
from local.secrets import Secrets

# matching and reporting can never open a name: they are not given the key.
OPENS_NAMES = frozenset({"intake", "followup", "training", "portal"})

# Who may let everybody else in, for as long as nobody has the role of an admin.
FIRST_ADMIN_EMAIL = "admin@binome.example"

# What a developer may set before `make up`: every service hears it, or the portal alone.
PASSED_ON = ("PATH", "LANG", "TZ", "LOG_LEVEL", "OTLP_ENDPOINT")
PASSED_ON_TO_PORTAL = ("SMTP_URL", "MAIL_FROM")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Where the servers are, and the secrets that open them."""

    ports: Ports
    secrets: Secrets
    python_path: str
    # Where each of them is a machine of its own, with a name.
    hosts: Mapping[str, str] = field(default_factory=dict)

    def host(self, name: str) -> str:
        return self.hosts.get(name, HOST)

    def url(self, service: str) -> str:
        return f"http://{self.host(service)}:{self.ports.of(service)}"

    def database_url(self, role: str, database: str | None = None) -> str:
        password = quote(self.secrets.postgres[role], safe="")
        place = f"{self.host('postgres')}:{self.ports.postgres}/{database or role}"
        return f"postgresql+asyncpg://{role}:{password}@{place}"

    def nats_url(self, user: str) -> str:
        password = quote(self.secrets.nats[user], safe="")
        return f"nats://{user}:{password}@{self.host('nats')}:{self.ports.nats}"

    @property
    def nats_monitoring_url(self) -> str:
        return f"http://{self.host('nats')}:{self.ports.nats_monitoring}"

    def of_service(self, name: str) -> dict[str, str]:
        """Everything that one service finds in its environment."""
        told = self._of_everyone() | {
            "DATABASE_URL": self.database_url(name),
            "NATS_URL": self.nats_url(name),
            "HTTP_PORT": str(self.ports.of(name)),
        }
        if name in OPENS_NAMES:
            told["KEY_ENCRYPTION_KEY"] = self.secrets.key_encryption_key
        return told | self._of_one(name)

    def of_operator(self) -> dict[str, str]:
        """Tell the commands that declare, refill and rebuild what they need."""
        return self._of_everyone() | {"NATS_URL": self.nats_url(OPERATOR)}

    def _of_everyone(self) -> dict[str, str]:
        return {
            "MODE": "local",
            "NATS_MONITORING_URL": self.nats_monitoring_url,
            "TOKEN_KEYS": self.secrets.token_keys,
            "HTTP_HOST": HOST,
            "PYTHONPATH": self.python_path,
        }

    def _of_one(self, name: str) -> dict[str, str]:
        if name == "followup":
            return {"SEAL_SIGNING_KEY": self.secrets.seal_signing_key}
        if name == "portal":
            return self._of_portal()
        return {}

    def _of_portal(self) -> dict[str, str]:
        others = [name for name in SERVICES if name != "portal"]
        return {f"{name.upper()}_URL": self.url(name) for name in others} | {
            "PUBLIC_URL": self.url("portal"),
            "FIRST_ADMIN_EMAIL": FIRST_ADMIN_EMAIL,
            "TOKEN_SIGNING_KEY": self.secrets.token_signing_key,
            "EMAIL_INDEX_KEY": self.secrets.email_index_key,
        }


def passed_on(environ: Mapping[str, str], service: str | None = None) -> dict[str, str]:
    heard = (*PASSED_ON, *(PASSED_ON_TO_PORTAL if service == "portal" else ()))
    return {name: environ[name] for name in heard if name in environ}
