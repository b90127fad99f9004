"""In a bucket that keeps versions, an erased call leaves none: no older version, no marker, no half of an upload."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from erasing import KEPT_AFTERWARDS, QUICK, Case

from domain.errors import Unavailable
from domain.ids import new_id
from storage.objects import ObjectStore
from workers.runner import utc_now

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from conftest import Tenant

    from storage.resources import Resources
    from storage.settings import Settings


@pytest.fixture
async def versioned(resources: Resources, stack_settings: Callable[..., Settings]) -> AsyncIterator[ObjectStore]:
    """A bucket of its own that keeps versions."""
    settings = stack_settings()
    assert settings.s3_access_key is not None
    assert settings.s3_secret_key is not None
    objects = ObjectStore.connect(
        bucket=f"versions-{new_id('b')[2:12]}",
        region=settings.s3_region,
        endpoint=settings.s3_endpoint,
        public_endpoint=None,
        access_key=settings.s3_access_key.get_secret_value(),
        secret_key=settings.s3_secret_key.get_secret_value(),
    )
    await objects.create_bucket_if_missing()
    await objects.call("put_bucket_versioning", VersioningConfiguration={"Status": "Enabled"})
    yield objects
    objects.close()


async def test_every_version_and_every_marker_goes_and_other_prefixes_stay(versioned: ObjectStore) -> None:
    for content in (b"one", b"two", b"three"):
        await versioned.call("put_object", Key="c/call_a/obj", Body=content)
    await versioned.call("delete_object", Key="c/call_a/obj")
    await versioned.call("put_object", Key="c/call_a/other", Body=b"x")
    await versioned.call("put_object", Key="c/call_b/obj", Body=b"kept")
    await versioned.call("create_multipart_upload", Key="c/call_a/half")
    assert await versioned.list_keys("c/call_a/") == ["c/call_a/other"], "a listing shows one of six"
    assert await versioned.count_under("c/call_a/") == 6
    await versioned.abort_all("c/call_a/")
    assert await versioned.delete_prefix("c/call_a/") == 5
    assert await versioned.count_under("c/call_a/") == 0
    assert await versioned.count_under("c/call_b/") == 1


async def test_one_object_is_deleted_with_its_versions_and_its_neighbours_are_not(versioned: ObjectStore) -> None:
    for key in ("u/call_a/up", "u/call_a/up", "u/call_a/up/00001", "u/call_a/upper"):
        await versioned.call("put_object", Key=key, Body=b"x")
    await versioned.delete("u/call_a/up")
    assert await versioned.count_under("u/call_a/") == 2
    assert await versioned.list_keys("u/call_a/") == ["u/call_a/up/00001", "u/call_a/upper"]
    await versioned.delete("u/call_a/nothing")


@pytest.mark.settings(**QUICK)
async def test_an_erased_call_leaves_no_version_of_its_sound(tenant: Tenant, versioned: ObjectStore) -> None:
    tenant.resources = replace(tenant.resources, objects=versioned)
    tenant.app.state.resources = tenant.resources
    case = await Case.of(tenant)
    call_id = await case.ready()
    for key in await case.objects(call_id):
        await versioned.call("put_object", Key=key, Body=b"as another process wrote it")
    assert await versioned.count_under(f"c/{call_id}/") == 4
    await case.erase(call_id)
    for prefix in ("u", "c"):
        assert await versioned.count_under(f"{prefix}/{call_id}/") == 0
    assert await case.where_found(call_id) <= KEPT_AFTERWARDS
    receipt = (await case.client.get(f"/v1/calls/{call_id}/receipt")).json()
    assert receipt["erased"]["ingest"] >= 5, "versions are counted"


@pytest.mark.settings(**QUICK)
async def test_what_the_store_refuses_to_delete_is_never_reported_as_done(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, real = await Case.of(tenant), ObjectStore.call

    async def refusing(self: ObjectStore, method: str, **arguments: Any) -> Any:
        if method == "delete_objects":
            return {"Errors": [{"Key": "k", "Code": "AccessDenied"}]}
        return await real(self, method, **arguments)

    call_id = await case.ready()
    with monkeypatch.context() as patched:
        patched.setattr(ObjectStore, "call", refusing)
        with pytest.raises(Unavailable):
            await tenant.resources.objects.delete_prefix(f"c/{call_id}/")
        await case.erase(call_id)
    assert (await case.client.get(f"/v1/calls/{call_id}/receipt")).status_code == 404
    (failing,) = await tenant.resources.database.whole("purge_jobs").find({"_id": call_id})
    assert (failing["failures"], failing["error"]) == (1, "unavailable")
    jobs = [job for job in await case.resources.outbox.of_call(call_id) if job["task"] == "erase"]
    assert [job["state"] for job in jobs] == ["ready"], "tried again"
    await case.resources.outbox.wake_waiting(call_id, now=utc_now())
    await case.run_erasures(call_id)
    assert (await case.client.get(f"/v1/calls/{call_id}/receipt")).status_code == 200
    assert await tenant.resources.database.whole("purge_jobs").find({"_id": call_id}) == []


@pytest.mark.settings(retry_base_s=0.001, max_attempts=2)
async def test_an_erasure_that_fails_again_and_again_never_becomes_a_dead_letter(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await Case.of(tenant)
    call_id = await case.ready()

    async def broken(*_: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr("ingest.custodian.IngestCustodian.erase", broken)
        await case.erase(call_id)
        for _ in range(5):
            await case.resources.outbox.wake_waiting(call_id, now=utc_now())
            await case.run_erasures(call_id)
    jobs = [job for job in await case.resources.outbox.of_call(call_id) if job["task"] == "erase"]
    assert [job["state"] for job in jobs] == ["ready"]
    (failing,) = await tenant.resources.database.whole("purge_jobs").find({"_id": call_id})
    assert failing["failures"] >= 5
    await case.resources.outbox.wake_waiting(call_id, now=utc_now())
    await case.run_erasures(call_id)
    assert await case.where_found(call_id) <= KEPT_AFTERWARDS
