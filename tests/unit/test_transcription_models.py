"""Models come from packages or from a named folder, whole and checked, and never from a network."""

import threading
from pathlib import Path

import pytest

from transcription.engines import models
from transcription.errors import ModelMissing


def test_an_unknown_name_is_refused_with_the_names_that_exist() -> None:
    with pytest.raises(ModelMissing, match=r"base, tiny\.en"):
        models.resolve("large-v3")


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        models.resolve(str(tmp_path))


def test_a_full_path_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"x")
    assert models.resolve(str(tmp_path)) == tmp_path


def test_a_model_in_pieces_needs_a_folder_to_be_joined_in() -> None:
    with pytest.raises(ModelMissing, match="cache folder"):
        models.resolve("base")


def test_pieces_are_joined_once_when_several_ask_at_the_same_time(tmp_path: Path) -> None:
    found: list[Path] = []
    askers = [
        threading.Thread(target=lambda: found.append(models.resolve("base", cache_dir=tmp_path))) for _ in range(3)
    ]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len(found) == 3
    assert len(set(found)) == 1
    assert models.sha256_of(found[0] / "model.bin") == models.PACKAGED["base"].sha256
    assert [one.name for one in tmp_path.iterdir()] == [found[0].name]


def test_a_damaged_leftover_is_made_again(tmp_path: Path) -> None:
    folder = models.resolve("base", cache_dir=tmp_path)
    (folder / "model.bin").write_bytes(b"half")
    assert (models.resolve("base", cache_dir=tmp_path) / "model.bin").stat().st_size == models.PACKAGED["base"].size


def test_pieces_that_do_not_fit_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = models.PackagedModel(models.PACKAGED["base"].parts[:1] * 2, (), 5, "0" * 64)
    monkeypatch.setitem(models.PACKAGED, "base", wrong)
    with pytest.raises(ModelMissing, match="do not join"):
        models.resolve("base", cache_dir=tmp_path)
    assert list(tmp_path.iterdir()) == []
