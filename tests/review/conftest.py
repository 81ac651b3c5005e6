"""The app over an invented case, asked without a network, and served to a browser."""

from __future__ import annotations

import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.review.invented import make_reviewed

from contested.base.case import open_case

pytest.importorskip("starlette", reason="starlette is not installed: nothing of the app was asked")
testclient = pytest.importorskip("starlette.testclient", reason="no client for starlette: nothing was asked")

from contested.review.app import make_app, open_desk  # noqa: E402
from contested.review.deciding import LOG, DecisionLog  # noqa: E402
from contested.review.desk import Desk  # noqa: E402
from contested.review.door import Door  # noqa: E402

PORT = 8401
HOST = f"http://127.0.0.1:{PORT}"


class Client:
    """A browser that was let in, without a browser."""

    def __init__(self, desk: Desk, name: str | None = "Ann") -> None:
        self.desk = desk
        self.http = testclient.TestClient(make_app(desk), base_url=HOST)
        assert self.http.get(desk.door.new_address()).status_code == 200
        self.token = re.search(r'name="form_token" value="([^"]+)"', self.http.get("/").text)[1]
        if name is not None:
            self.post("/name", name=name)

    def get(self, path: str) -> Any:
        return self.http.get(path)

    def post(self, path: str, **form: Any) -> Any:
        form = {"form_token": self.token, **form}
        return self.http.post(path, data=form, headers={"Origin": HOST})

    def told(self, answer: Any) -> str:
        return re.search(r'data-message="([^"]*)"', answer.text)[1]


@pytest.fixture(scope="session")
def _reviewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_reviewed(tmp_path_factory.mktemp("reviewed") / "case").folder


@pytest.fixture(scope="session")
def _desk(_reviewed: Path) -> Iterator[Desk]:
    opened = open_desk(open_case(_reviewed), PORT)
    yield opened
    opened.tables.close()


@pytest.fixture
def desk(_desk: Desk) -> Desk:
    """A desk at which nobody sat yet; the tables are opened once, since nothing here alters them."""
    log = _desk.case.folder / LOG
    shutil.rmtree(log, ignore_errors=True)
    log.unlink(missing_ok=True)
    _desk.log, _desk.door = DecisionLog(_desk.case.folder), Door(PORT)
    return _desk


@pytest.fixture
def client(desk: Desk) -> Client:
    return Client(desk)


@contextmanager
def serving(desk: Desk) -> Iterator[Desk]:
    """The app on a port of this machine, for a browser."""
    import uvicorn

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        desk.door = Door(listener.getsockname()[1])
        config = uvicorn.Config(make_app(desk), access_log=False, log_level="error", ws="none", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield desk
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def served(desk: Desk) -> Iterator[Desk]:
    with serving(desk):
        yield desk
