"""How do the tests lay out sign-ins as a service writes them? Files in order of time, and in each the accounts mixed."""

import random
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq

FIRST = datetime(2026, 3, 1, tzinfo=UTC)


def lay_signins(lake, *, files, rows, accounts, group):
    """Write `files` files of so many rows a minute apart, in row groups of `group`; return the folder of the lake."""
    chance = random.Random(5)
    (lake / "signins").mkdir(parents=True)
    for part in range(files):
        numbers = range(part * rows, part * rows + rows)
        table = pa.table(
            {
                "account": [f"secret{chance.randrange(accounts)}" for _ in numbers],
                "at": pa.array([FIRST + timedelta(minutes=n) for n in numbers], pa.timestamp("us", "UTC")),
                "n": list(numbers),
            }
        )
        pq.write_table(table, lake / "signins" / f"{part}.parquet", row_group_size=group)
    return lake
