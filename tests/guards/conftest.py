"""Guards read the tree they stand in, and the build that PAMIR_BUILD_DIR names (build/release unless told)."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from tree import Tree, planted  # noqa: E402


@pytest.fixture(scope="session")
def tree():
    root = Path(__file__).resolve().parents[2]
    return Tree(root, os.environ.get("PAMIR_BUILD_DIR", root / "build" / "release"))


@pytest.fixture
def plant(tmp_path):
    """plant({"sim/a.c": "text"}) gives a Tree that holds these files, compiled."""
    return lambda files, **options: planted(tmp_path / "planted", files, **options)
