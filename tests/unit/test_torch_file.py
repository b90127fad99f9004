"""The voice model's file: read as arrays, and never as anything that runs."""

from __future__ import annotations

import contextlib
import io
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcription.engines.torch_file import MAGIC, arrays_of
from transcription.engines.voices import voice_encoder
from transcription.errors import ModelMissing


class _Runs:
    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return print, ("a pickle ran",)


def _file(document: object, magic: int = MAGIC) -> bytes:
    stream = io.BytesIO()
    for part in (magic, 1001, {}, document, []):
        pickle.dump(part, stream, protocol=2)
    return stream.getvalue()


def test_the_installed_weights_have_the_network_s_shapes() -> None:
    weights = voice_encoder().weights
    assert weights["lstm.weight_ih_l0"].shape == (1024, 40)
    assert weights["linear.weight"].shape == (256, 256)
    assert all(np.isfinite(one).all() for one in weights.values())


def test_a_file_that_names_a_function_is_refused_and_runs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ModelMissing):
        arrays_of(_file({"model_state": _Runs()}), "model_state")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("raw", [b"", b"\x80", b"PK\x03\x04", _file({}), _file({"model_state": {}}, magic=7)])
def test_another_form_is_refused(raw: bytes) -> None:
    with pytest.raises(ModelMissing):
        arrays_of(raw, "model_state")


@settings(max_examples=200)
@given(st.binary(max_size=60), st.integers(0, 200))
def test_damaged_files_are_refused_or_read_and_never_crash(junk: bytes, at: int) -> None:
    whole = _file({"model_state": {}})
    damaged = whole[:at] + junk + whole[at + len(junk) :]
    with contextlib.suppress(ModelMissing):
        assert arrays_of(damaged, "model_state") == {}
