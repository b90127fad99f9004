"""The sets: how a call of each is made from a stream of chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bench.speech import sounds, talk, telephone
from bench.speech.casting import cast
from bench.speech.files import through
from bench.speech.model import RATE, Call, Random
from bench.speech.music import hold_music
from bench.speech.stage import moved, perform

Made = tuple[Call, str, str]
"""The call, its kind and the name of its file's format."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of a recipe: which one of its set, and about how many turns."""

    number: int
    turns: int


def dry(rng: Random, order: Order, *, items: int = 2) -> Call:
    """Return a conversation before the line."""
    readers, accent = cast(rng)
    call = perform(talk.conversation(rng, turns=order.turns, items=items, british=accent == "british"), readers)
    return moved(call, rng, (0.2, 3.0))


def clean(rng: Random, order: Order) -> Made:
    """Return an ordinary two-channel call."""
    return telephone.on_the_line(dry(rng, order), rng), "conversation", ("ulaw", "alaw", "ulaw")[order.number % 3]


def echo(rng: Random, order: Order) -> Made:
    """Return a call with each party in the other's channel too."""
    return telephone.on_the_line(telephone.echoed(dry(rng, order), rng), rng), "echo", "ulaw"


def collapsed(rng: Random, order: Order) -> Made:
    """Return a call whose parties are mixed: on both channels, with one inverted, or in a mono file."""
    how = ("both", "mono", "inverted")[order.number % 3]
    call = telephone.on_the_line(dry(rng, order), rng)
    return telephone.collapsed(call, how), how, "ulaw" if how != "mono" else ("ulaw", "amr")[order.number // 3 % 2]


def digits(rng: Random, order: Order) -> Made:
    """Return digits said one by one with pauses."""
    readers, _ = cast(rng)
    call = moved(perform(talk.digits_alone(rng, count=max(6, order.turns)), readers), rng, (0.2, 3.0))
    return telephone.on_the_line(call, rng), "digits", "ulaw"


def items(rng: Random, order: Order) -> Made:
    """Return a call of dictated numbers, addresses and names."""
    del order
    readers, accent = cast(rng)
    call = moved(perform(talk.dictation(rng, british=accent == "british"), readers), rng, (0.2, 2.0))
    return telephone.on_the_line(call, rng), "dictation", "ulaw"


def rough(rng: Random, order: Order) -> Made:
    """Return a call with one kind of trouble."""
    call = dry(rng, order)
    side = int(rng.integers(2))
    kind = ("street", "quiet", "hold", "loss", "keys", "silent_side")[order.number % 6]
    if kind == "street":
        call = telephone.with_street(call, rng, side, ratio_db=float(rng.uniform(8, 16)))
    elif kind == "quiet":
        call = telephone.quieter(call, side, -float(rng.uniform(15, 24)))
    elif kind == "hold":
        call = telephone.with_pause(call, hold_music(rng, rng.uniform(15, 40)), "hold_music", side=0)
    elif kind == "keys":
        keys = "".join(rng.choice(list("0123456789"), size=16)) + "#"
        call = telephone.with_pause(call, sounds.key_tones(keys, rng), "dtmf", side=1)
    elif kind == "silent_side":
        call = _one_side(call)
    call = telephone.on_the_line(call, rng)
    return (telephone.lossy(call, rng, 0.02) if kind == "loss" else call), kind, "ulaw"


def _one_side(call: Call) -> Call:
    """Return the call with a contact who never says a word."""
    call.sound[1] = 0
    call.segments = [one for one in call.segments if one["channel"] == 0]
    call.items = [one for one in call.items if one["channel"] == 0]
    return call


def codecs(rng: Random, order: Order) -> Made:
    """Return a call that went through a codec, or lies in one."""
    call = telephone.on_the_line(dry(rng, order), rng)
    kind = ("amr", "opus", "amr_low", "mp3", "g726", "aac")[order.number % 6]
    if kind in {"opus", "mp3", "aac"}:
        return call, kind, kind
    return through(call, kind), kind, "ulaw"


def mixed_language(rng: Random, order: Order) -> Made:
    """Return an English call with a stretch of Spanish, German or Hindi."""
    readers, accent = cast(rng)
    spoken = talk.conversation(rng, turns=order.turns, items=1, british=accent == "british")
    call = moved(perform(talk.with_foreign(spoken, rng), readers), rng, (0.2, 2.0))
    return telephone.on_the_line(call, rng), "code_switching", "ulaw"


def none(rng: Random, order: Order) -> Made:
    """Return half a minute in which nobody speaks."""
    kind = tuple(sounds.MAKERS)[order.number % len(sounds.MAKERS)]
    seconds = float(rng.uniform(25, 35))
    wave = sounds.MAKERS[kind](rng, seconds)
    call = Call(np.stack([wave, np.zeros_like(wave)]))
    end = round(call.sound.shape[1] / RATE, 3)
    call.sounds.append({"kind": kind, "channel": 0, "start": 0.0, "end": end})
    if kind != "silence":
        telephone.on_the_line(call, rng, hiss_db=(-70.0, -58.0))
    return call, kind, "ulaw"


RECIPES: dict[str, Callable[[Random, Order], Made]] = {
    "clean": clean,
    "echo": echo,
    "collapsed": collapsed,
    "digits": digits,
    "items": items,
    "rough": rough,
    "codecs": codecs,
    "mixed_language": mixed_language,
    "none": none,
}
SHARES = {
    "clean": 0.24,
    "echo": 0.12,
    "collapsed": 0.12,
    "digits": 0.1,
    "items": 0.1,
    "rough": 0.12,
    "codecs": 0.08,
    "mixed_language": 0.04,
    "none": 0.08,
}
"""Set → share of the minutes."""
