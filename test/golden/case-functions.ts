import { type EigenScanForm, eigenScanForm } from '../../src/core/grid/eigen-scan.js'
import { shardMap } from '../../src/core/grid/shards.js'
import {
  atrCase,
  cascadesCase,
  imbalanceCase,
  liquidationZCase,
  regimeCase,
  vwapCase,
  wavesCase,
} from './analysis-functions.js'
import { assumptionRunCase, componentSafetyCase, driftCase, systemRegimeCase } from './assumption-functions.js'
import { barsCase, depthBookCase, recordingBarsCase, recordingBookCase, sampleCase } from './book-functions.js'
import { factorsCase } from './factors-functions.js'
import { FLOW_FUNCTIONS } from './flow-functions.js'
import { breakerCase, darkCase, firstFlushCase, watchCase } from './guard-functions.js'
import { HARNESS_CYCLE_FUNCTIONS } from './harness-cycle-functions.js'
import { HARNESS_RULE_FUNCTIONS } from './harness-rule-functions.js'
import { lifecycleCase, registerCase, violationsCase } from './harness-skill-functions.js'
import { systemCase } from './observation-functions.js'
import { PRIMITIVE_FUNCTIONS } from './primitive-functions.js'
import { sniperCase } from './strategy-functions.js'
import { cat3InputsCase, survivalCase } from './survival-functions.js'
import { universeCase } from './universe-functions.js'
import {
  binomialCase,
  differenceTestCase,
  fisherCase,
  holmCase,
  rateTestCase,
  settlementCase,
} from './validator-functions.js'

/**
 * What the cases of golden case files ask for, by the name of their `fn`: from a case's `args` and `options` to what it expects, in its
 * names and shapes (see the `about` of its file). One more is one line in this table; the function itself stands below, or in a file of
 * its own beside this one when it takes more than a few lines. Cases of a name that is not here are skipped, and said to be.
 */
// biome-ignore lint/suspicious/noExplicitAny: every function knows the arguments of its own cases.
export const CASE_FUNCTIONS: Readonly<Record<string, (args: any, options: any) => unknown>> = {
  shards,
  eigen_from_scan: eigenFromScan,
  breaker: breakerCase,
  dark: darkCase,
  first_flush: firstFlushCase,
  watch: watchCase,
  depth_book: depthBookCase,
  recording_book: recordingBookCase,
  sample: sampleCase,
  bars: barsCase,
  recording_bars: recordingBarsCase,
  survival: survivalCase,
  cat3_inputs: cat3InputsCase,
  factors: factorsCase,
  universe: universeCase,
  rate_test: rateTestCase,
  diff_test: differenceTestCase,
  settlement_near: settlementCase,
  holm: holmCase,
  binom_p: binomialCase,
  fisher_p: fisherCase,
  sniper: sniperCase,
  cascades: cascadesCase,
  waves: wavesCase,
  liq_z: liquidationZCase,
  atr: atrCase,
  vwap: vwapCase,
  imbalance: imbalanceCase,
  regime: regimeCase,
  assumption_run: assumptionRunCase,
  component_safety: componentSafetyCase,
  drift: driftCase,
  system_regime: systemRegimeCase,
  run_system: systemCase,
  lifecycle: lifecycleCase,
  register: registerCase,
  violations: violationsCase,
  ...PRIMITIVE_FUNCTIONS,
  ...HARNESS_RULE_FUNCTIONS,
  ...HARNESS_CYCLE_FUNCTIONS,
  ...FLOW_FUNCTIONS,
}

function shards({ symbols }: { readonly symbols: readonly string[] }): unknown {
  return Object.fromEntries(symbols.map((symbol) => [symbol, shardMap(symbol)]))
}

function eigenFromScan({ scan }: { readonly scan: unknown }): unknown {
  const form = eigenScanForm(scan)
  return form === undefined ? null : namedAsInCases(form)
}

function namedAsInCases(form: EigenScanForm): unknown {
  return {
    form: form.form,
    scan_number: orNull(form.scanNumber),
    atMs: orNull(form.atMs),
    bridge_ts: orNull(form.bridgeTs),
    w50_velocity: orNull(form.w50Velocity),
    w150_velocity: orNull(form.w150Velocity),
    w300_velocity: orNull(form.w300Velocity),
    w750_velocity: orNull(form.w750Velocity),
    instability_50: orNull(form.instability50),
    instability_150: orNull(form.instability150),
    vel_div: orNull(form.velDiv),
    asset_prices: Object.fromEntries(form.assetPrices),
    vol_ok: form.volOk ?? null,
    valid: !Number.isNaN(form.scanNumber) && !Number.isNaN(form.atMs),
  }
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
