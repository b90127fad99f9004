"""Fixtures that all kinds of test share: one embedded stack per session, stores and an API client upon it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from support import RunningCallward, running_callward

from api.app import create_app
from api.keys import KeyStore
from cli.stack.embedded import EmbeddedStack
from domain.scopes import Scope
from governance.workspaces import NewWorkspace, WorkspaceStore
from storage.migrations import migrate
from storage.resources import Resources
from storage.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"
SHARED = ROOT.parent / "shared"
UNIT_FOLDERS = ("unit", "architecture")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Close the sockets of unit tests: they must not reach anything. Refuse two tests of one name.

    pytest-xdist runs a single one of them and says nothing.
    """
    names = Counter(item.nodeid for item in items)
    twice = sorted(name for name, count in names.items() if count > 1)
    if twice:
        raise pytest.UsageError(f"tests with one name, of which only one would run: {', '.join(twice)}")
    for item in items:
        if Path(item.path).parent.name in UNIT_FOLDERS:
            item.add_marker(pytest.mark.disable_socket)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStack]:
    """Real MongoDB, S3 and broker in a temporary folder."""
    with EmbeddedStack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="session")
def stack_settings(stack: EmbeddedStack) -> Callable[..., Settings]:
    """Build settings for the stack, with what a test wants changed."""

    def build(**changes: Any) -> Settings:
        prefix = "CALLWARD_"
        values = {
            name.removeprefix(prefix).lower(): value for name, value in stack.env.items() if name.startswith(prefix)
        }
        return Settings(**{**values, **changes})

    return build


@pytest.fixture
async def resources(
    stack_settings: Callable[..., Settings], request: pytest.FixtureRequest
) -> AsyncIterator[Resources]:
    """Stores on the stack; changes of the settings by `@pytest.mark.settings(...)`."""
    marker = request.node.get_closest_marker("settings")
    opened = Resources.open(stack_settings(**(marker.kwargs if marker else {})))
    await migrate(opened.database, now=now())
    await opened.objects.create_bucket_if_missing()
    yield opened
    opened.close()
    await asyncio.sleep(0)


@dataclass
class Tenant:
    """A workspace with a client per set of scopes, over the real application."""

    resources: Resources
    app: Any
    workspace_id: str
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    async def key(self, *scopes: Scope, expires_at: datetime | None = None) -> str:
        """Make a key with these scopes."""
        _, text = await KeyStore(self.resources).create(
            workspace_id=self.workspace_id, name="test", scopes=scopes, expires_at=expires_at, now=now()
        )
        return text

    async def client(self, *scopes: Scope) -> httpx.AsyncClient:
        """Return a client that sends a key with these scopes."""
        return self.client_with(await self.key(*scopes))

    def client_with(self, key: str | None) -> httpx.AsyncClient:
        """Return a client that sends this key, or none."""
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, raise_app_exceptions=False),
            base_url="http://callward.test",
            headers={"Authorization": f"Bearer {key}"} if key else {},
        )
        self.clients.append(client)
        return client


@pytest.fixture
async def application(resources: Resources) -> Any:
    """The application over the test's stores."""
    app = create_app(resources.settings)
    app.state.resources = resources
    return app


@pytest.fixture(scope="session")
def callward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCallward]:
    """A whole stack with API, relay and workers, and the speech model that production uses."""
    yield from running_callward(tmp_path_factory.mktemp("e2e"))


MakeTenant = Callable[..., Any]


@pytest.fixture
async def make_tenant(resources: Resources, application: Any) -> AsyncIterator[MakeTenant]:
    """Make workspaces; their clients are closed at the end."""
    made: list[Tenant] = []

    async def make(**changes: Any) -> Tenant:
        workspace = await WorkspaceStore(resources).create(NewWorkspace(name="Test", **changes), now=now())
        made.append(Tenant(resources, application, workspace.workspace_id))
        return made[-1]

    yield make
    for tenant in made:
        for client in tenant.clients:
            await client.aclose()


@pytest.fixture
async def tenant(make_tenant: MakeTenant) -> Tenant:
    """One workspace under the default profile."""
    found: Tenant = await make_tenant()
    return found
