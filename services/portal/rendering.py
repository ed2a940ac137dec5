"""Pages and mails from templates: escaped by default, and nothing undefined passes unseen."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

_HERE = Path(__file__).parent


@cache
def templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=select_autoescape(default=True, disabled_extensions=("txt",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )


@cache
def style() -> tuple[str, bytes]:
    """Give our one style sheet, and a name that changes whenever it does."""
    content = (_HERE / "assets" / "style.css").read_bytes()
    return f"{sha256(content).hexdigest()[:12]}.css", content
