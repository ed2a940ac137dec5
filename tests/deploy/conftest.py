"""Fixtures: both overlays, rendered once; a test that breaks one is given a copy."""

from collections.abc import Callable
from copy import deepcopy

import pytest

from deploy.check.rendering import HERE, OVERLAYS, Rendered, render


@pytest.fixture(scope="session")
def overlays() -> dict[str, Rendered]:
    return {name: render(HERE / "overlays" / name) for name in OVERLAYS}


@pytest.fixture(params=OVERLAYS)
def overlay(request: pytest.FixtureRequest, overlays: dict[str, Rendered]) -> Rendered:
    return overlays[request.param]


@pytest.fixture
def copy_of(overlays: dict[str, Rendered]) -> Callable[[str], Rendered]:
    return lambda name: deepcopy(overlays[name])
