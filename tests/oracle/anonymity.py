"""What pycanon says of tables: run by its own interpreter (`make oracle`), tables in, numbers out, as JSON.

In: a list of {rows: [{column: value}], facts: [column], label: column | null}. Out: for each its k, or its l.
"""

from __future__ import annotations

import json
import sys

import pandas as pd
from pycanon import anonymity


def main() -> None:
    """Read tables from standard input, write one number for each."""
    answers = []
    for table in json.load(sys.stdin):
        rows = pd.DataFrame(table["rows"])
        if table["label"] is None:
            answers.append(int(anonymity.k_anonymity(rows, table["facts"])))
        else:
            answers.append(int(anonymity.l_diversity(rows, table["facts"], [table["label"]])))
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
