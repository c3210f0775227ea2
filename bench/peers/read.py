"""The reading alone: every column of every day to numpy with pyarrow on two threads. usage: python read.py DAYS_DIR"""

import glob
import os
import sys

import pyarrow
import pyarrow.parquet as pq

pyarrow.set_cpu_count(2)
bars = 0
for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.parquet"))):
    table = pq.read_table(path, use_threads=True)
    for column in table.columns:
        column.to_numpy()
    bars += table.num_rows
print(bars)
