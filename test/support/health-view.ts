import type { HealthView } from '../../src/ports/status-surface.js'

/** A session some of whose assumptions fail, in a market that is observed. */
export const AILING: HealthView = {
  assumptions: [
    { name: 'feed_latency', status: 'INVALID', testedAtMs: 1_747_000_000_000, detail: 'median 140.0 ms of 60' },
    { name: 'timestamps_monotonic', status: 'VALID', testedAtMs: 1_747_000_000_000, detail: '0 of 60 went back' },
    { name: 'api_calls_in_time', status: 'UNTESTED', testedAtMs: null, detail: null },
  ],
  components: [
    { component: 'marketData', safety: 'UNSAFE', isNeeded: true, against: ['feed_latency'] },
    { component: 'execution', safety: 'DEGRADED', isNeeded: true, against: [] },
    { component: 'calibration', safety: 'UNSAFE', isNeeded: false, against: ['distributions_stable'] },
  ],
  systemRegime: { regime: 'EDGE_DECAYING', confidence: 0.7, trades: 120, winRate: 0.38 },
  parameters: [
    { name: 'win_rate', unit: 'fraction', value: 0.55, healthStatus: 'BROKEN', observedMean: 0.38, driftPct: 0.31 },
    { name: 'entry_slippage', unit: 'bps', value: 2, healthStatus: 'UNKNOWN', observedMean: null, driftPct: null },
  ],
  marketRegimes: [{ symbol: 'BTCUSDT', regime: 'RANGING' }],
}
