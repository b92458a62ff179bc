"""The language pipelines in the repository."""

from pathlib import Path

SHIPPED = {"fr": Path(__file__).parent / "fr_depeche"}
"""Their folders, by ISO 639-1 code."""
