"""HTTP in: the words and the places that forms are filled in with."""

from typing import Annotated, Any

from fastapi import Query

from common.http import public, routes
from intake import territories, vocabularies

router = routes()


@router.get("/vocabularies", dependencies=[public("vocabulary.read")])
async def all_vocabularies() -> dict[str, list[dict[str, str]]]:
    return vocabularies.as_json()


@router.get("/territories", dependencies=[public("territory.search")])
async def search_territories(
    q: Annotated[str, Query(min_length=1, max_length=120)],
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> list[dict[str, Any]]:
    return [
        {
            "code": each.code,
            "name": each.name,
            "department": each.department,
            "postcodes": each.postcodes,
            "rural": each.rural,
            "latitude": each.latitude,
            "longitude": each.longitude,
        }
        for each in territories.search(q, limit)
    ]
