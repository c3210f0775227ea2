"""What a quant would write instead: pyarrow reads the days, numba runs the champion.

usage: python champion.py DAYS_DIR  ->  one JSON line: read and run times (best of the repeats), trades, capital.
The rules are those of the engine with default parameters, SHORT, no breaker, no forewarner, no order book, warm-up gate.
"""

import glob
import json
import os
import sys
import time

import numpy as np
import pyarrow.parquet as pq
from numba import njit

META = {
    "timestamp", "scan_number", "vel_div", "v50_lambda_max_velocity", "v150_lambda_max_velocity",
    "v300_lambda_max_velocity", "v750_lambda_max_velocity", "instability_50", "instability_150",
}


def read_days(folder):
    """Signal and prices of every day, as the run wants them."""
    days = []
    for path in sorted(glob.glob(os.path.join(folder, "*.parquet"))):
        table = pq.read_table(path, use_threads=True)
        assets = [name for name in table.column_names if name not in META]
        prices = np.empty((len(assets), table.num_rows))
        for i, name in enumerate(assets):
            prices[i] = table.column(name).to_numpy()
        days.append((table.column("vel_div").to_numpy(), prices))
    return days


@njit(cache=False)
def score(window, direction, steps):
    """Excursions, alignment and ARS of one segment in one direction; latency last."""
    total = 0.0
    high = 0.0
    low = 0.0
    with_us = 0
    n = window.shape[0] - 1
    for i in range(n):
        step = (window[i + 1] - window[i]) * direction
        steps[i] = step
        total += step
        high = max(high, total)
        low = min(low, total)
        if step > 0:
            with_us += 1
    mean = total / n
    noise = 0.0
    for i in range(n):
        noise += (steps[i] - mean) * (steps[i] - mean)
    noise /= n
    latency = 50
    if high > 0:
        running = 0.0
        for i in range(n):
            running += steps[i]
            if running >= 0.1 * high:
                latency = i + 1
                break
    alignment = with_us / n
    ars = 0.5 * np.log1p(high / (-low + 1e-6)) + 0.35 * alignment - 0.15 * noise * 1000
    return ars, alignment, noise, latency


@njit(cache=False)
def run_day(vel_div, prices, history, counts, vds, draws, state, stats):
    """state: capital, bar, bar_count, last_exit, asset, entry, notional, entry_bar, bucket, vd_count, draw, trades."""
    n_assets, n_rows = prices.shape
    steps = np.empty(49)
    for row in range(n_rows):
        vd = vel_div[row]
        for a in range(n_assets):
            p = prices[a, row]
            if p > 0 and p < np.inf:
                if counts[a] == history.shape[1]:
                    history[a, :200] = history[a, -200:]
                    counts[a] = 200
                history[a, counts[a]] = p
                counts[a] += 1
        state[2] += 1
        finite = np.isfinite(vd)
        if finite:
            for i in range(9):
                vds[i] = vds[i + 1]
            vds[9] = vd
            state[9] += 1
        if state[4] >= 0:
            asset = int(state[4])
            p = prices[asset, row]
            if p > 0 and p < np.inf:
                pnl = -(p - state[5]) / state[5]
                reason = 0
                if pnl >= 0.0095:
                    reason = 1
                elif pnl <= -1.0:
                    reason = 2
                elif state[1] - state[7] >= 120:
                    reason = 3
                if reason > 0:
                    slip = 0.0005 if reason == 2 else 0.0002
                    raw = -(p * (1 + slip) - state[5]) / state[5]
                    if reason != 2:
                        raw += 0.5 * slip
                    if draws[int(state[10])] < 0.4:
                        raw += 5.0 * 1e-4
                    state[10] += 1
                    notional = state[6]
                    net = raw * notional
                    net -= (0.0002 * 0.62 + 0.0005 * (1 - 0.62)) * notional
                    net -= (0.0002 * 0.5 + 0.0005 * 0.5) * notional
                    state[0] += net
                    bucket = int(state[8])
                    stats[bucket, 1] += 1
                    if net > 0:
                        stats[bucket, 0] += 1
                    for i in range(4):
                        stats[4, i] = stats[4, i + 1]
                    stats[4, 4] = 1.0 if net > 0 else 0.0
                    state[11] += 1
                    state[4] = -1
                    state[3] = state[1]
        elif finite and vd < -0.02 and row >= 100 and state[2] >= 100 and state[0] > 0:
            best = -1
            best_ars = 0.0
            for a in range(n_assets):
                if counts[a] < 50:
                    continue
                window = history[a, counts[a] - 50:counts[a]]
                ars, alignment, noise, latency = score(window, -1, steps)
                inverse, _, _, _ = score(window, 1, steps)
                if inverse > ars or noise > 500 or latency > 20 or alignment < 0.45:
                    continue
                if (best < 0 or ars > best_ars) and prices[a, row] > 0 and prices[a, row] < np.inf:
                    best = a
                    best_ars = ars
            if best >= 0:
                n = counts[best]
                p0 = history[best, n - 8]
                p1 = history[best, n - 1]
                if (p1 - p0) / p0 * 10000 <= 0.75:
                    extreme = vd <= -0.05
                    strength = 1.0 if extreme else min(max((-0.02 - vd) / 0.03, 0.0), 1.0)
                    bucket = 0 if vd <= -0.075 else 1 if extreme else 2 if vd <= -0.035 else 3
                    bucket_mult = 1.0
                    if stats[bucket, 1] >= 10:
                        wr = stats[bucket, 0] / stats[bucket, 1]
                        bucket_mult = 1.3 if wr > 0.6 else 1.1 if wr > 0.55 else 0.7 if wr < 0.4 else 0.85 if wr < 0.45 else 1.0
                    streak = 1.0
                    if state[11] >= 5:
                        losses = 5 - stats[4, :5].sum()
                        streak = 0.5 if losses >= 4 else 0.7 if losses >= 3 else 1.1 if losses <= 1 else 1.0
                    trend = 1.0
                    if state[9] >= 10:
                        change = vds[9] - vds[0]
                        trend = 1.3 if change < -0.01 else 0.7 if change > 0.01 else 1.0
                    fraction = (0.02 + strength * 0.18) * ((0.7 if extreme else 0.55) / 0.95) * (2.0 if extreme else 1.0)
                    fraction = min(max(fraction * trend * bucket_mult * streak, 0.02), 0.2)
                    leverage = min(max(0.5 + strength * strength * strength * 4.5, 0.5), 5.0)
                    state[4] = best
                    state[5] = prices[best, row]
                    state[6] = state[0] * fraction * leverage
                    state[7] = state[1]
                    state[8] = bucket
        state[1] += 1


def run(days):
    n_assets = days[0][1].shape[0]
    history = np.zeros((n_assets, 500))
    counts = np.zeros(n_assets, np.int64)
    vds = np.zeros(10)
    stats = np.zeros((5, 5))
    state = np.zeros(12)
    state[0], state[3], state[4] = 25000.0, -1, -1
    draws = np.random.RandomState(42).random_sample(200_000)
    for vel_div, prices in days:
        run_day(vel_div, prices, history, counts, vds, draws, state, stats)
    return int(state[11]), float(state[0])


def best_of(repeats, work):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = work()
        times.append((time.perf_counter() - start) * 1000)
    return min(times), sorted(times)[len(times) // 2], result


if __name__ == "__main__":
    import pyarrow

    pyarrow.set_cpu_count(2)
    folder = sys.argv[1]
    read_best, _, days = best_of(3, lambda: read_days(folder))
    run(days[:1])
    run_best, run_median, (trades, capital) = best_of(3, lambda: run(days))
    bars = sum(len(day[0]) for day in days)
    print(json.dumps({
        "read_best_ms": read_best, "run_best_ms": run_best, "run_median_ms": run_median,
        "bars": bars, "trades": trades, "capital": capital, "pyarrow": pyarrow.__version__,
    }))
