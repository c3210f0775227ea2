import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { checkStatus } from '../src/core/status/check.js'
import { statusOf } from '../src/core/status/status.js'
import { HEALTHY } from '../test/support/system-state.js'
import { line, median } from './measure.js'

/**
 * What a `/status` costs: making one, and holding one against its contract, `tsx bench/status.ts`. Beside it, in the same run
 * and in turn, what cannot be done without (parsing the same text) and the generated JSON Schema, compiled, which sees form
 * alone.
 */
const SAMPLES = 201
const CALLS = 200

/** The most that can be wrong at once without an unknown word: seventeen reasons, each with what ends it. */
const TROUBLED = {
  ...HEALTHY,
  environment: 'LIVE',
  operatorMode: 'REDUCE_ONLY',
  linkState: 'LINK_LOST',
  posture: 'TURTLE',
  forewarner: 'RED',
  breakerOpen: true,
  gridConnected: false,
  certificate: 'STALE',
  marketEventLagMs: 3_200,
  journal: { depth: 4_096, capacity: 4_096, failures: 0, isFull: true },
  isMaintained: true,
  isFillUnresolved: true,
  isLoopStalled: true,
  diskUsedPct: 90,
  marginUtil: 0.9,
  latches: new Set([
    'RESTART_RECONCILE_REQUIRED',
    'SESSION_TERMINATED',
    'MARKET_DATA_STALE',
    'LINK_NOT_OK',
    'BOOK_GAP',
    'TRADES_GAP',
  ] as const),
} as const

const schemaFile = fileURLToPath(new URL('../specs/status/status_csp_exact.schema.json', import.meta.url))
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictTypes: false })
const compiled = ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')))

for (const [name, state] of [
  ['healthy', HEALTHY],
  ['troubled', TROUBLED],
] as const) {
  const text = JSON.stringify(statusOf(state))
  const document: unknown = JSON.parse(text)
  if (checkStatus(document, { exact: true }).length > 0 || !compiled(document)) {
    throw new Error(`${name}: the document breaks its contract`)
  }
  const [check, make, parse, form] = microseconds([
    () => checkStatus(document, { exact: true }),
    () => statusOf(state),
    () => JSON.parse(text),
    () => compiled(document),
  ]) as [number, number, number, number]
  const parsing = { name: 'JSON.parse of it', value: parse }
  const unit = 'µs'
  console.log(`${name}: ${text.length} bytes, ${statusOf(state).mode_reasons.length} reasons`)
  for (const figure of [
    { name: 'checkStatus, exact', value: check, unit, baseline: parsing, target: '1000 µs' },
    { name: 'checkStatus, exact', value: check, unit, baseline: { name: 'ajv, compiled schema', value: form } },
    { name: 'statusOf', value: make, unit, baseline: parsing },
  ]) {
    console.log(`  ${line(figure)}`)
  }
}

/** Of one call each: the median of samples taken in turn, so that a noisy machine hits all alike. */
function microseconds(works: readonly (() => unknown)[]): readonly number[] {
  const samples = works.map((): number[] => [])
  for (let sample = -SAMPLES; sample < SAMPLES; sample++) {
    works.forEach((work, index) => {
      const start = process.hrtime.bigint()
      for (let call = 0; call < CALLS; call++) work()
      const us = Number(process.hrtime.bigint() - start) / 1e3 / CALLS
      // As many before the first that counts: the code is compiled by then.
      if (sample >= 0) samples[index]!.push(us)
    })
  }
  return samples.map(median)
}
