"""Mentors laid out in bits, so that one mentee is compared with sixty-four of them at once.

A mentor keeps a seat until they leave; when something about them changes, their bits are written
anew and nobody else's. A kilobyte for each mentor, and up to twice that just after it grew.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, TypeAlias
from uuid import UUID

import numpy as np

from common.contracts.vocabulary import MenteeFacets, MentorFacets, Motivation, Place
from matching.domain.candidates import writing
from matching.domain.candidates.compiled import WORD, Bools, Floats, Ints, Small, Words
from matching.domain.candidates.questions import Seats
from matching.domain.candidates.vocabulary import Key, Masks, Rows, longer, words_for
from matching.domain.constraints import AGE_BANDS
from matching.domain.criteria import hopes
from matching.domain.geography import distances_km, offered
from matching.domain.people import Mentor

# What is weighed by how much of it is shared, in the order of `Seats.masks`.
SHARED: Mapping[str, Callable[[MenteeFacets | MentorFacets], Collection[str]]] = MappingProxyType(
    {
        "sectors": lambda facets: facets.sectors,
        "functions": lambda facets: facets.functions,
        "hopes": hopes,
        "hobbies": lambda facets: facets.hobbies,
        "modalities": lambda facets: facets.modalities,
    }
)
# Not given is 0.
MOTIVATIONS = MappingProxyType({each: place for place, each in enumerate((None, *Motivation))})
BANDS = MappingProxyType({band: place for place, band in enumerate(AGE_BANDS)})

NOWHERE = -1
NOT_GIVEN = None
FEWEST_SEATS = 64
# How many lists of codes are remembered with their rows.
LISTS_KEPT = 10_000
DAYS_KEPT = 32

Point: TypeAlias = tuple[float, float]


class Roster:
    """Who sits where, and all that the rules ask about them."""

    def __init__(self, mentors: Collection[Mentor] = ()) -> None:
        self.ids: list[UUID | None] = []
        self.seat_of: dict[UUID, int] = {}
        self._left: list[int] = []
        self._rows = Rows(FEWEST_SEATS)
        self._masks = tuple(Masks(FEWEST_SEATS) for _ in SHARED)
        self._columns = {name: column(0) for name in (*COLUMNS, "tongue")}
        self._columns["place"] = column(NOWHERE)
        self._first, self._following = column(NOWHERE), column(NOWHERE)
        self._points: Floats = np.zeros((2, FEWEST_SEATS))
        self._place_of: dict[Point, int] = {}
        self._tongue_of: dict[str | None, int] = {None: 0}
        self._known: dict[object, tuple[int, ...]] = {}
        # How often anything was written, and when a row that follows from columns was.
        self._changes = 0
        self._written: dict[int, tuple[int, int | None]] = {}
        self.put(mentors)

    def __len__(self) -> int:
        return len(self.seat_of)

    @property
    def seats(self) -> Seats:
        """Everything about everyone, as the kernels read it."""
        read = {name: kept for name, kept in self._columns.items() if name in Seats._fields}
        return Seats(
            bits=self._rows.bits,
            masks=tuple(each.words for each in self._masks),
            counts=tuple(each.counts for each in self._masks),
            first=self._first,
            following=self._following,
            **read,
        )

    def put(self, mentors: Collection[Mentor]) -> None:
        """Write mentors at their seats; whoever has none gets one."""
        self._changes += 1
        seats = [self._seat(each.mentor_id) for each in mentors]
        self._take_room()
        self._rows.write(seats, [self._rows_of(each) for each in mentors])
        for masks, codes in zip(self._masks, SHARED.values(), strict=True):
            masks.write(seats, [codes(each.facets) for each in mentors])
        for name, value in COLUMNS.items():
            self._columns[name][seats] = [value(each) for each in mentors]
        self._columns["tongue"][seats] = [self._tongue(each) for each in mentors]
        self._move(seats, [self._place(each.facets.place) for each in mentors])

    def remove(self, mentor_ids: Iterable[UUID]) -> None:
        """Empty the seats of those who are no more: nothing of them is kept."""
        self._changes += 1
        seats = [self.seat_of.pop(each) for each in mentor_ids if each in self.seat_of]
        self._rows.write(seats, [()] * len(seats))
        for masks in self._masks:
            masks.write(seats, [()] * len(seats))
        for name in (*COLUMNS, "tongue"):
            self._columns[name][seats] = 0
        self._move(seats, [NOWHERE] * len(seats))
        for seat in seats:
            self.ids[seat] = None
        self._left += seats

    def find(self, name: str, codes: Collection[object]) -> tuple[int, ...]:
        return self._rows.find(name, codes)

    def mask(self, name: str, codes: Collection[str]) -> int:
        """Write what a mentee wants to share as bits of the masks of that name."""
        return self._masks[tuple(SHARED).index(name)].find(codes)

    def tongue(self, code: str) -> int:
        return self._tongue_of.get(code, NOWHERE)

    def free(self, most: int) -> int:
        """Find the row of those who can take somebody on if nobody has more than `most`."""
        return self._following_row("free", most, lambda: self.places(most) > 0)

    def screened(self, today: date) -> int:
        """Find the row of those whose screening is valid on a day.

        Days take turns with a few rows: about one that is long over nobody asks.
        """
        until, day = self._columns["screened_until"], today.toordinal()
        return self._following_row("screened", day % DAYS_KEPT, lambda: until >= day, of=day)

    def places(self, most: int) -> Ints:
        """Count for each seat whom they can still take on if nobody has more than `most`."""
        allowed = np.minimum(self._columns["capacity"], most)
        return np.maximum(allowed - self._columns["engaged"], 0).astype(np.int64)

    def among(self, associations: Collection[UUID] | None = None) -> Words:
        """Mark the seats that are taken, or those of some associations' mentors."""
        name, codes = ("taken", (None,)) if associations is None else ("of", associations)
        rows = self._rows.bits[list(self.find(name, codes))]
        marked: Words = np.bitwise_or.reduce(rows, axis=0, dtype=np.uint64)
        return marked

    def without(self, marked: Words, mentor_ids: Iterable[UUID]) -> Words:
        """Take some mentors out of those who are marked."""
        left = marked.copy()
        for seat in (self.seat_of[each] for each in mentor_ids if each in self.seat_of):
            left[seat // WORD] &= ~(np.uint64(1) << np.uint64(seat % WORD))
        return left

    def marked(self, holds: Bools) -> Words:
        """Write a column of yes and no as bits; seats beyond its end are no."""
        room = len(self._following)
        return packed(np.concatenate((holds, np.zeros(room - len(holds), dtype=np.bool_))))

    @property
    def points(self) -> Floats:
        """Latitudes, and longitudes, of the places where anybody lives."""
        return self._points[:, : len(self._place_of)]

    def km_from(self, here: Place) -> Floats:
        """Measure how far every place is, by the arithmetic of the rules themselves."""
        latitudes, longitudes = self.points
        return distances_km(here, latitudes, longitudes)

    def _following_row(
        self, name: str, code: object, holds: Callable[[], Any], *, of: int | None = None
    ) -> int:
        """Find a row that follows from columns, written anew after any change."""
        row, written = self._rows.row(name, code), (self._changes, of)
        if self._written.get(row) != written:
            self._rows.bits[row] = packed(holds())
            self._written[row] = written
        return row

    def _rows_of(self, mentor: Mentor) -> tuple[int, ...]:
        facets = mentor.facets
        who = (facets.settings, facets.axes, facets.modalities, facets.age_band, facets.experienced)
        speaks = (facets.levels, facets.languages)
        where = (mentor.association_id, mentor.available, mentor.programmes, mentor.trained_for)
        return (
            *self._remembered(("who", who, speaks), lambda: rows_of_facets(facets)),
            *self._remembered(("where", where), lambda: rows_of_ties(mentor)),
            *self._remembered(("slots", facets.slots), lambda: listed("slot", facets.slots)),
        )

    def _remembered(self, key: object, keys: Callable[[], Iterable[Key]]) -> tuple[int, ...]:
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= LISTS_KEPT:
                self._known.clear()
            known = self._known[key] = tuple(self._rows.row(*each) for each in keys())
        return known

    def _tongue(self, mentor: Mentor) -> int:
        return self._tongue_of.setdefault(mentor.facets.mother_tongue, len(self._tongue_of))

    def _place(self, place: Place) -> int:
        point = (place.latitude, place.longitude)
        known = self._place_of.setdefault(point, len(self._place_of))
        if known == len(self._first):
            self._first = longer(self._first, known + 1, fill=NOWHERE)
            self._points = longer(self._points, known + 1, axis=1)
        self._points[:, known] = point
        return known

    def _move(self, seats: list[int], places: list[int]) -> None:
        columns = self._first, self._following, self._columns["place"]
        writing.move(*columns, np.array(seats, np.int64), np.array(places, np.int64))

    def _seat(self, mentor_id: UUID) -> int:
        known = self.seat_of.get(mentor_id)
        if known is not None:
            return known
        seat = self._left.pop() if self._left else len(self.ids)
        self.ids[seat : seat + 1] = [mentor_id]
        self.seat_of[mentor_id] = seat
        return seat

    def _take_room(self) -> None:
        room = words_for(len(self.ids)) * WORD
        self._rows.take_room(room)
        for masks in self._masks:
            masks.take_room(room)
        empty = {"place": NOWHERE}
        for name, kept in self._columns.items():
            self._columns[name] = longer(kept, room, fill=empty.get(name, 0))
        self._following = longer(self._following, room, fill=NOWHERE)


# What is one number for each mentor; the place and the tongue are numbered as they come.
COLUMNS: Mapping[str, Callable[[Mentor], int]] = MappingProxyType(
    {
        "motivation": lambda mentor: MOTIVATIONS[mentor.facets.motivation],
        "band": lambda mentor: BANDS[mentor.facets.age_band],
        "reach": lambda mentor: mentor.facets.reach_km,
        "capacity": lambda mentor: mentor.facets.capacity,
        "engaged": lambda mentor: mentor.engaged,
        "screened_until": lambda mentor: (mentor.screened_until or date.max).toordinal(),
    }
)


def rows_of_facets(facets: MentorFacets) -> Iterable[Key]:
    """Name what the rules ask for, and a mentor gave."""
    yield from (("setting", each) for each in facets.settings)
    yield from (("axis", each) for each in facets.axes)
    yield from (("offered", each) for each in offered(facets.modalities))
    yield from (("as_old_as", band) for band in range(BANDS[facets.age_band] + 1))
    yield from listed("level", facets.levels)
    yield from listed("language", facets.languages)
    if facets.experienced:
        yield "experienced", None


def rows_of_ties(mentor: Mentor) -> Iterable[Key]:
    """Name to whom a mentor belongs, and for which programmes they are ready."""
    yield "taken", None
    yield "of", mentor.association_id
    if mentor.available:
        yield from (("ready", each) for each in mentor.programmes & mentor.trained_for)


def listed(name: str, codes: Collection[object]) -> Iterable[Key]:
    """Name the codes of a list; an empty one hinders nothing, and is a code by itself."""
    yield from ((name, each) for each in codes or (NOT_GIVEN,))


def column(value: int) -> Small:
    return np.full(FEWEST_SEATS, value, dtype=np.int32)


def packed(holds: Any) -> Words:
    """Write a column of yes and no as bits, the first seat lowest."""
    return np.packbits(holds, bitorder="little").view(np.uint64)
