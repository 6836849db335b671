"""Folders of the checkout."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
FIXTURES: Final = ROOT / "fixtures"
MATRIX_OUTPUTS: Final = ROOT / "tests" / "matrix" / "outputs"
