"""The collections of what people granted and objected to, and of who is a minor; see `storage.catalog`.

Of people they keep keyed hashes, which must outlive the people's records: they are proof, and a later call of the same
person must meet them.
"""

from __future__ import annotations

from typing import Final

from storage.collection_spec import CollectionSpec, Index
from storage.collection_spec import up as _up

_BY_PERSON: Final = (
    Index(_up("workspace_id", "people")),
    Index((("workspace_id", 1), ("noted_at", -1), ("_id", -1))),
    Index(_up("noted_at")),  # the watch over published items asks for what is new, over all workspaces
)

CONSENT: Final = (
    CollectionSpec("consents", "governance.consents", personal=False, indexes=_BY_PERSON),
    CollectionSpec("objections", "governance.objections", personal=False, indexes=_BY_PERSON),
    CollectionSpec("minors", "governance.minors", personal=False, indexes=_BY_PERSON),
)
