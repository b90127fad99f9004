"""What stands in redacted sound, and whether it may leave the house."""

from __future__ import annotations

from enum import StrEnum


class Replacement(StrEnum):
    """What stands in the sound where something is hidden."""

    TONE = "tone"
    """A low tone: whoever listens knows that something was taken out."""
    SILENCE = "silence"


class SoundState(StrEnum):
    """What is known of the redacted sound of a version of a call."""

    VERIFIED = "verified"
    """Every silenced stretch is silent in what was written, and hearing it again told nothing that is hidden."""
    UNVERIFIED = "unverified"
    """Nobody has heard it again: it was made before that was done."""
    BLOCKED = "blocked"
    """It still tells something, or could not be written as it must be: it is kept nowhere."""


def may_leave(state: SoundState, *, allow_unverified: bool) -> bool:
    """Say whether sound of this state is served; what is blocked never is."""
    return state is SoundState.VERIFIED or (allow_unverified and state is SoundState.UNVERIFIED)
