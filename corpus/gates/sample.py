"""Which items a person looks at: drawn under the release's key while they go by."""

from __future__ import annotations

from corpus.gates.identities import Keyed


class SampleDraw:
    """Draws the sample while items go by: the same for any order of them, and nobody can foresee it without the key."""

    def __init__(self, keyed: Keyed, size: int) -> None:
        self._keyed, self._size = keyed, size
        self._drawn: list[tuple[bytes, str]] = []

    def see(self, item_id: str) -> None:
        """Take an item into the draw."""
        draw = self._keyed(b"review:" + item_id.encode())
        if len(self._drawn) < self._size or (self._drawn and draw < self._drawn[-1][0]):
            self._drawn = sorted([*self._drawn, (draw, item_id)])[: self._size]

    def ids(self) -> list[str]:
        """Return the ids of the sample, in the order of the draw."""
        return [item_id for _, item_id in self._drawn]
