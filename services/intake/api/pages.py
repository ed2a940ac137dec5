"""How lists are asked for: page by page, or those of whom one knows the ids."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query

from intake.store.pages import Page

LONGEST_PAGE = 200

Limit = Annotated[int, Query(ge=1, le=LONGEST_PAGE)]
Ids = Annotated[list[UUID] | None, Query(alias="id", max_length=LONGEST_PAGE)]


def page_asked(
    ids: Ids = None,
    after: UUID | None = None,
    limit: Limit = 50,
    order: Literal["newest"] | None = None,
) -> Page:
    return Page(ids=ids, after=after, limit=limit, newest_first=order == "newest")


Asked = Annotated[Page, Depends(page_asked)]
