"""The centre's server as a process: what it writes where nobody asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests

from central.application import create_application
from tests.central.conftest import serving

if TYPE_CHECKING:
    import pytest

SENT = "王测试 369999199001010015"


def test_a_bug_is_written_down_by_its_name_and_place_never_by_its_words(capfd: pytest.CaptureFixture[str]) -> None:
    app = create_application(None)

    async def met() -> None:
        raise ValueError(SENT)

    app.add_api_route("/met", met)
    with serving(app) as url:
        assert requests.get(f"{url}/met", timeout=20).status_code == 500
    written = capfd.readouterr().err
    assert "Exception in ASGI application" in written
    assert SENT not in written
