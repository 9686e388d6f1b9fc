#!/usr/bin/python3
"""Runs the tests of this folder and prints what each fault did as a Markdown table.

    PAMIR_BIN=build/release/pamir /usr/bin/python3 tests/faults/table.py

Exit status: that of the tests.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main():
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as kept:
        done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(HERE)], check=False,
                              stdout=sys.stderr, env={**os.environ, "PAMIR_FAULTS_TABLE": kept.name})
        rows = [json.loads(line) for line in Path(kept.name).read_text(encoding="utf-8").splitlines()]
    print("| fault | how it was made | exit status | what was said | rows lost | digest after resume |\n|---|---|---|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row[name] for name in ("fault", "how", "status", "said", "lost", "digest")) + " |")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
