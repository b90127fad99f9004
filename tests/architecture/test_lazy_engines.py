"""The API process never loads a model, nor the libraries that do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HEAVY = ("faster_whisper", "ctranslate2", "onnxruntime", "spacy", "presidio_analyzer", "av", "celery", "tokenizers")


def test_importing_the_api_loads_no_engine() -> None:
    program = f"import sys, api.app; print([name for name in {HEAVY!r} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_the_command_line_starts_without_loading_an_engine() -> None:
    program = f"import sys, cli.main; print([name for name in {HEAVY[:5]!r} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
