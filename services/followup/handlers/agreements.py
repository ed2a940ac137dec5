"""The text of an agreement: written once, from names that are open only while it is written."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.followup.pairs import Side
from common.contracts.policy import Signatory
from common.contracts.vocabulary import Sealed
from common.identity import new_id
from common.vault import vault_of
from followup.domain import signing
from followup.domain.agreements import Agreement, forget_at, sealing, sign_by, signatories_of
from followup.domain.clauses import terms_of
from followup.domain.errors import NamesNotYetKnown, TextForgotten
from followup.domain.heard import authorising_guardian
from followup.domain.pairs import Pair
from followup.domain.rendering import Parties, render, sha256_of
from followup.domain.sight import Viewer
from followup.handlers.sight import side_in
from followup.sealing import opened_for_all, sealed_for_all
from followup.store.agreements import find_agreement, save_signing, signing_of
from followup.store.heard import (
    Person,
    association_name,
    heard_about,
    newest_programme,
    people_by_id,
)
from followup.store.pairs import lock_pair
from followup.templates import newest_template

TEXT = "agreement"
NAME_FIELDS = ("given_name", "family_name")


async def prepare(tx: AsyncConnection, pair: Pair, *, at: datetime) -> Agreement:
    """Write the text that mentor, mentee and the others sign, under today's policy."""
    programme = await newest_programme(tx, pair.programme_id, pair.policy_version)
    guardian = authorising_guardian(pair, await heard_about(tx, pair.mentee_id))
    signatories = signatories_of(pair, programme.policy, guardian)
    people = await people_by_id(tx, [each for each in signatories.values() if each])
    template = newest_template(programme.policy.agreement_template, _language(pair, people))
    terms = terms_of(programme.policy)
    parties = Parties(
        names=await _names(tx, pair, signatories, people),
        organisation=await association_name(tx, pair.association_id),
        programme=programme.name,
    )
    agreement_id = new_id()
    key_id = await _key_of(tx, pair)
    text = render(template, agreement_id, terms, parties)
    return Agreement(
        id=agreement_id,
        pair_id=pair.id,
        association_id=pair.association_id,
        template=template.code,
        template_version=template.version,
        policy_version=programme.policy_version,
        language=template.language,
        terms=terms,
        signatories=signatories,
        text_sha256=sha256_of(text),
        text=await sealed_for_all(tx, sealing(key_id, signatories), TEXT, text.decode()),
        key_id=key_id,
        prepared_at=at,
        sign_by=sign_by(programme.policy, pair.met_at or at),
        next_due=forget_at(programme.policy.retention, at),
    )


async def read_text(
    tx: AsyncConnection, *, agreement_id: UUID, viewer: Viewer, now: datetime
) -> tuple[Agreement, bytes]:
    """Show the exact bytes, and write down that whoever signs them has seen them."""
    agreement = await find_agreement(tx, agreement_id)
    # Locked as by whoever asks for a code or types it: a page that opens takes nothing back.
    pair = await lock_pair(tx, agreement.pair_id)
    side = await side_in(tx, pair, viewer)
    text = await text_of(tx, agreement)
    for capacity in capacities_of(agreement, viewer, side):
        seen = await signing_of(tx, agreement.id, capacity, viewer.person_id)
        opened = signing.open_text(seen, at=now)
        if opened != seen:
            await save_signing(tx, opened)
    return agreement, text


async def text_of(tx: AsyncConnection, agreement: Agreement) -> bytes:
    if agreement.text is None:
        raise TextForgotten(agreement.id)
    return (await opened_for_all(tx, agreement.sealed_under, TEXT, agreement.text)).encode()


def capacities_of(agreement: Agreement, viewer: Viewer, side: Side) -> list[Signatory]:
    """Say in which capacities somebody signs; a coordinator signs for the organisation."""
    own = [
        capacity for capacity, person in agreement.signatories.items() if person == viewer.person_id
    ]
    of_staff = side is Side.ASSOCIATION and Signatory.ORGANISATION in agreement.signatories
    return [*own, Signatory.ORGANISATION] if of_staff else own


async def _key_of(tx: AsyncConnection, pair: Pair) -> UUID | None:
    """Name the key of the pair, if there is one: who was erased may have taken it along."""
    return pair.id if (await vault_of(tx).load([pair.id])).get(pair.id) else None


def _language(pair: Pair, people: Mapping[UUID, Person]) -> str:
    """Write in French, unless both of the pair asked for English."""
    asked = {people[each].language for each in (pair.mentor_id, pair.mentee_id) if each in people}
    return "en" if asked == {"en"} else "fr"


async def _names(
    tx: AsyncConnection,
    pair: Pair,
    signatories: Mapping[Signatory, UUID | None],
    people: Mapping[UUID, Person],
) -> dict[Signatory, str]:
    named = {capacity: person for capacity, person in signatories.items() if person}
    missing = [person for person in named.values() if person not in people]
    if missing or (Signatory.GUARDIAN in signatories and Signatory.GUARDIAN not in named):
        raise NamesNotYetKnown(pair.id)
    names = {capacity: await _name(tx, people[person]) for capacity, person in named.items()}
    organisation = await association_name(tx, pair.association_id)
    by_nobody_yet = {
        Signatory.ORGANISATION: organisation,
        Signatory.CHILD_PROTECTION: "…",
    }
    return names | {each: by_nobody_yet[each] for each in by_nobody_yet if each in signatories}


async def _name(tx: AsyncConnection, person: Person) -> str:
    """Open a name into one line, so that it cannot add lines to what is signed."""
    fields = [field for field in NAME_FIELDS if field in person.sealed]
    texts = [(person.person_id, field, Sealed(person.sealed[field])) for field in fields]
    parts = await vault_of(tx).open_many(texts)
    name = " ".join(" ".join(part for part in parts if part).split())
    if not name:
        raise NamesNotYetKnown(person.person_id)
    return name
