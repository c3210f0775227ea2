/** The suite that holds each table of `units/` against the code: with `GOLDEN_DIR` it takes the tables of another folder. */
export const UNIT_SUITES: Readonly<Record<string, string>> = {
  'acb-beta': 'test/core/breaker/breaker.test.ts',
  'acb-boost': 'test/core/breaker/breaker.test.ts',
  'acb-payload': 'test/core/breaker/subday-payload.test.ts',
  dc: 'test/core/signal/signal.test.ts',
  exit: 'test/core/costs/costs.test.ts',
  'exit-decision': 'test/core/exits/exits.test.ts',
  figures: 'test/core/performance/figures.test.ts',
  forewarner: 'test/core/forewarner/gate.test.ts',
  irp: 'test/core/selection/impulse-response.test.ts',
  'irp-rank': 'test/core/selection/selection.test.ts',
  'ob-entry': 'test/core/orderbook/orderbook.test.ts',
  'ob-exit': 'test/core/orderbook/dynamic-exit.test.ts',
  rng: 'test/core/numeric/mersenne-twister.test.ts',
  sizing: 'test/core/sizing/sizing.test.ts',
  survival: 'test/core/survival/survival.test.ts',
  'vol-ok': 'test/core/signal/vol-gate.test.ts',
}
