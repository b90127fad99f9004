"""The fifth migration, with data present: indexes of an earlier version go, imports without an end get one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from storage.clocks_5 import clocks_by_workspace

if TYPE_CHECKING:
    from conftest import Tenant

BEGAN = datetime(2025, 3, 1, tzinfo=UTC)


async def test_imports_get_an_end_and_replaced_indexes_go_however_often_it_runs(tenant: Tenant) -> None:
    database = tenant.resources.database
    imports, cdrs = database._raw("imports"), database._raw("cdrs")
    await imports.insert_many(
        [
            {"_id": f"imp_old_{tenant.workspace_id}", "workspace_id": tenant.workspace_id, "started_at": BEGAN},
            {
                "_id": f"imp_new_{tenant.workspace_id}",
                "workspace_id": tenant.workspace_id,
                "started_at": BEGAN,
                "retain_until": BEGAN + timedelta(days=1),
            },
        ]
    )
    await cdrs.create_index([("identifiers.retain_until", 1)], name="identifiers-retain_until")
    for _ in range(2):
        await clocks_by_workspace(database)
    found = await database.scoped("imports", tenant.workspace_id).find({})
    assert [one["retain_until"] - BEGAN for one in found] == [timedelta(days=1), timedelta(days=3 * 365)]
    names = set(await cdrs.index_information())
    assert "identifiers-retain_until" not in names
    assert {
        "workspace_id_identifiers-month_identifiers-index",
        "workspace_id_identifiers-retain_until_identifiers-month_setup_time",
    } <= names
