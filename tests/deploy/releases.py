"""Two releases of the same platform: this code, and one that might follow it.

The newer one adds what a release may add: a column and a table, an optional field of an event, an
event of a new kind that is said and heard. It takes nothing away.
"""

import os
import shutil
from pathlib import Path

from alembic.script import ScriptDirectory

from common.migrate import configuration
from local.platform import ROOT, Platform
from local.ports import Ports, free_ports
from local.service import Service

NAMES = ("intake", "training")

PRAISED = '''

class AssociationPraised(Event):
    """Somebody said well of an association."""

    subject: ClassVar[str] = "events.intake.association_praised.v1"
    key: ClassVar[str] = "association_id"

    association_id: UUID
'''
REGISTERED = "    await emit(tx, domain.register(association, at=now))\n"
REGISTERED_AND_PRAISED = """    event = domain.register(association, at=now)
    await emit(tx, event)
    from common.contracts.intake.associations import AssociationPraised
    praised = AssociationPraised(
        occurred_at=now, version=event.version + 1, association_id=association.id
    )
    await emit(tx, praised)
"""
HEARS = """

from sqlalchemy import text

from common.contracts.intake.associations import AssociationPraised


@router.on(AssociationPraised)
async def on_association_praised(event: AssociationPraised, tx: Tx) -> None:
    await tx.execute(text("insert into praises values (:id)"), {"id": event.association_id})
"""
ADDS = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, oldest_code = "newer", {head!r}, None
branch_labels = depends_on = None


def upgrade():
    op.create_table("praises", sa.Column("id", sa.Uuid(), primary_key=True))
    op.add_column("associations", sa.Column("praise", sa.Text()))


def downgrade():
    pass
"""


def write_newer(folder: Path) -> str:
    """Write down the newer release, and return where Python finds it."""
    shutil.copytree(ROOT / "libs", folder / "libs")
    for name in NAMES:
        shutil.copytree(ROOT / "services" / name, folder / "services" / name)
        head = ScriptDirectory.from_config(configuration(name)).get_current_head()
        added = folder / "services" / name / "migrations" / "newer.py"
        added.write_text(ADDS.format(head=head))
    contracts = folder / "libs/common/contracts/intake/associations.py"
    change(contracts, "    pooled_with: tuple[UUID, ...]\n", '    motto: str = "ensemble"\n')
    contracts.write_text(contracts.read_text() + PRAISED)
    saying = folder / "services/intake/handlers/associations.py"
    saying.write_text(replaced(saying.read_text(), REGISTERED, REGISTERED_AND_PRAISED))
    hearing = folder / "services/training/consumers.py"
    hearing.write_text(hearing.read_text() + HEARS)
    return os.pathsep.join(str(folder / each) for each in ("services", "libs"))


def change(path: Path, after: str, added: str) -> None:
    path.write_text(replaced(path.read_text(), after, after + added))


def replaced(text: str, old: str, new: str) -> str:
    assert old in text, f"the code has changed: {old}"
    return text.replace(old, new, 1)


class Release:
    """One release on a platform that it shares with another: its replicas, and its commands."""

    def __init__(self, platform: Platform, python_path: str, ports: Ports) -> None:
        self._platform = platform
        self._told = {"PYTHONPATH": python_path}
        self.intake, self.training = (self._service(name, ports.of(name)) for name in NAMES)

    @classmethod
    def newer(cls, platform: Platform, folder: Path) -> "Release":
        intake, training = free_ports(len(NAMES))
        ports = Ports(postgres=1, nats=1, nats_monitoring=1, intake=intake, training=training)
        return cls(platform, write_newer(folder), ports)

    def _service(self, name: str, port: int) -> Service:
        told = self._platform.environment_of(name) | self._told | {"HTTP_PORT": str(port)}
        log = self._platform.logs / f"{name}-{port}.log"
        return Service(name=name, port=port, environment=told, log=log)

    def bootstrap(self) -> str:
        """Do before the rollout what a release asks for: declare, and migrate."""
        run, operator = self._platform.run, self._platform.operator_environment() | self._told
        said = run("common.topology", "declare", *NAMES, environment=operator)
        for service in (self.intake, self.training):
            command = "common.migrate", service.name, "upgrade", "head"
            said += run(*command, environment=service.environment)
        return said
