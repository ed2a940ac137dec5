"""Builds the communes of France that ship with intake, from open packages pinned by their hash.

    uv run --no-project --with pip --with shapely==2.2.0 python -m scripts.territories

Needs `npm` and `uv`. Takes about a minute, most of it downloads.
The same versions give the same bytes: see services/intake/data/README.md for what is inside.
"""
