"""What browsers and services fetch beside pages: the style sheet, and the keys of tokens."""

from fastapi import Request, Response

from common.http import pages, public
from portal.rendering import style

router = pages()

FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_WHILE = "public, max-age=300"
NOT_FOUND = 404


@router.get("/assets/{name}", dependencies=[public("assets.read")])
async def asset(name: str) -> Response:
    """Serve the style sheet under the name of its content, so that it is fetched once."""
    known_as, content = style()
    if name != known_as:
        return Response(status_code=NOT_FOUND)
    return Response(content, media_type="text/css", headers={"cache-control": FOR_EVER})


@router.get("/.well-known/jwks.json", dependencies=[public("keys.read")])
async def keys(request: Request) -> Response:
    """Publish the keys by which our tokens are known."""
    return Response(
        request.app.state.settings.token_keys,
        media_type="application/jwk-set+json",
        headers={"cache-control": FOR_A_WHILE},
    )
