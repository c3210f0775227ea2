"""The reading alone: every column of every day to numpy with pyarrow on two threads. Prints the CPU time of the process.

usage: python read.py DAYS_DIR"""

import glob
import os
import sys
import time

import pyarrow
import pyarrow.parquet as pq

pyarrow.set_cpu_count(2)
for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.parquet"))):
    table = pq.read_table(path, use_threads=True)
    for column in table.columns:
        column.to_numpy()
print(time.process_time() * 1e3)
