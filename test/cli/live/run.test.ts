import { expect, it } from 'vitest'
import { gatesJson, gatesText } from '../../../src/cli/live/run.js'
import { coloursFor } from '../../../src/cli/shell/terminal.js'
import type { GateFinding } from '../../../src/core/live/live-gates.js'

const CLOCK: GateFinding = { gate: 'clock', holds: true, sinceMs: Date.UTC(2026, 9, 7), found: '3 ms', remedy: null }
const BOOK: GateFinding = { gate: 'orderBook', holds: false, sinceMs: null, found: 'no source', remedy: 'Wait.' }

it('each gate is a line that says whether it holds and since when, and below one that is closed what to do', () => {
  const lines = gatesText([CLOCK, BOOK], coloursFor({ isTTY: false } as NodeJS.WriteStream)).split('\n')
  expect(lines.slice(0, 5)).toEqual([
    'HOLDS          clock      3 ms, since 2026-10-07T00:00:00.000Z',
    'DOES NOT HOLD  orderBook  no source',
    '                          Wait.',
    '',
    '1 of 2 gates do not hold: LIVE refuses to start.',
  ])
})

it('as JSON it holds exactly when every gate does', () => {
  expect(JSON.parse(gatesJson([CLOCK]))).toEqual({
    schema: 'dolphin.live-check/1',
    holds: true,
    gates: [{ gate: 'clock', holds: true, since_ms: CLOCK.sinceMs, found: '3 ms', remedy: null }],
  })
  expect(JSON.parse(gatesJson([CLOCK, BOOK])).holds).toBe(false)
})
