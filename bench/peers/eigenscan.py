"""One scan from scratch in NumPy: correlations and leading eigenpair of four windows. Prints JSON for bench/eigenscan.ts."""

import json
import sys
import time

import numpy as np

symbols, repeats = int(sys.argv[1]), int(sys.argv[2])
rng = np.random.default_rng(0)
returns = 2e-4 * (rng.standard_normal((2000, 1)) + rng.standard_normal((2000, symbols)))


def median_ms(solve):
    times = []
    for repeat in range(repeats):
        start = time.perf_counter()
        for window in (50, 150, 300, 750):
            solve(np.corrcoef(returns[800 + repeat - window : 800 + repeat], rowvar=False))
        times.append(time.perf_counter() - start)
    return float(np.median(times)) * 1e3


print(json.dumps({"eigh_ms": median_ms(np.linalg.eigh), "eigvalsh_ms": median_ms(np.linalg.eigvalsh)}))
