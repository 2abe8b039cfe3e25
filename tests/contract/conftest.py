"""One running server for the contract suite, and the official Python SDK against it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from retell import Retell
from tests.api.server import Server, serving
from tests.contract.sdk import Recorder, strict_client
from tests.fakes.number_shop import FakeShop


@pytest.fixture(scope="package")
def server() -> Iterator[Server]:
    shops = {"twilio": FakeShop(stock=[f"+1415555{n}" for n in range(5000, 5020)])}
    with serving(shops=shops) as running:
        yield running


@pytest.fixture
def sdk(server: Server, request: pytest.FixtureRequest) -> Iterator[Retell]:
    """Fails the test when a method that it ``proves`` got no good answer."""
    recorder = Recorder("/prefix")
    with strict_client(server.base_url, recorder) as client:
        yield client
    promised = getattr(request.function, "proves", ())
    assert not [name for name in promised if not recorder.shown(name)]
