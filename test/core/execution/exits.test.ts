import { expect, test } from 'vitest'
import { positionId } from '../../../src/ports/vocabulary/ids.js'
import { Bench } from './bench-of-one.js'
import { expectFlat, open } from './scenes.js'

test('an exit closes at once, is acknowledged twice, and the same again changes nothing', () => {
  const bench = open()
  bench.exit()
  bench.exit()
  bench.advance(500)
  bench.exit()
  bench.advance(500)
  expect(bench.heardOf('EXIT_ACK').map(({ outcome }) => outcome)).toEqual(['ACCEPTED', 'COMPLETE'])
  expect(bench.ids.filter((id) => id.startsWith('i1.x'))).toEqual(['i1.x1'])
  expectFlat(bench)
})

test.each([
  ['nothing', null],
  ['another position', positionId('i0')],
])('an exit that finds %s open says so', (_, of) => {
  const bench = of === null ? Bench.ready() : open()
  bench.exit('e1', of)
  bench.advance(100)
  expect(bench.heardOf('EXIT_ACK')).toMatchObject([{ exitId: 'e1', outcome: 'ALREADY_FLAT' }])
})

test('an exit during an entry abandons the intent', () => {
  const bench = Bench.ready()
  bench.permits = false
  bench.enter()
  bench.exit('e1', positionId('i1'))
  bench.advance(500)
  expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ outcome: 'NOT_FILLED' }])
  expect(bench.heardOf('EXIT_ACK').at(-1)).toMatchObject({ outcome: 'COMPLETE' })
  expectFlat(bench)
})

test('an exit during a partly filled entry cancels the rest and closes the part', () => {
  const bench = Bench.ready()
  bench.venue.treatments = [{ kind: 'partial', fraction: '0.4' }]
  bench.enter()
  bench.exit()
  bench.advance(500)
  expect(bench.venue.orders.get('i1.e')?.report.status).toBe('CANCELED')
  expectFlat(bench)
})

test('an exit that is rejected is tried again after 1, 2, 4, 8, 10 and 10 seconds, each with an alert', () => {
  const bench = open()
  bench.venue.treatments = Array.from({ length: 6 }, () => ({ kind: 'reject', code: 'RATE_LIMITED' }) as const)
  bench.exit()
  const startMs = bench.nowMs
  const sentMs: number[] = []
  for (let sent = 0; sentMs.length < 7 && bench.nowMs < startMs + 60_000; ) {
    const now = bench.ids.filter((id) => id.startsWith('i1.x')).length
    if (now > sent) sentMs.push(bench.nowMs - startMs)
    sent = now
    bench.advance(50)
  }
  expect(sentMs).toEqual([0, 1000, 3000, 7000, 15_000, 25_000, 35_000])
  expect(bench.alerts.filter(({ message }) => message.includes('i1.x'))).toHaveLength(6)
  expectFlat(bench)
})

test('an exit waits for the truth when the venue says that there is nothing to reduce', () => {
  const bench = open()
  bench.venue.foreign('SELL', '1', { silent: true })
  bench.exit()
  bench.advance(5000)
  expect(bench.ids.filter((id) => id.startsWith('i1.x'))).toHaveLength(1)
  expectFlat(bench)
})

test('an exit is not tried again before the truth that a refusal asked for', () => {
  const bench = open()
  bench.venue.treatments = [{ kind: 'reject', code: 'REDUCE_ONLY' }]
  bench.venue.withholds = ['snapshot']
  bench.exit()
  bench.advance(10_000)
  expect(bench.ids.filter((id) => id.startsWith('i1.x'))).toEqual(['i1.x1'])
  bench.venue.withholds = []
  bench.advance(5000)
  expect(bench.ids.filter((id) => id.startsWith('i1.x'))).toEqual(['i1.x1', 'i1.x2'])
  expectFlat(bench)
})

test('an exit goes on without a journal, whose loss blocks entries for good', () => {
  const bench = open()
  bench.isDiskFast = false
  bench.give({ kind: 'journalFailed', message: 'ENOSPC' })
  expect(bench.side.mode).toBe('KILL')
  expect(bench.alerts.at(-1)).toMatchObject({ level: 'EMERGENCY', category: 'journal' })
  bench.advance(1000)
  expect(bench.venue.position.toFixed()).toBe('0')
  bench.command({ command: 'resume', reason: 'test' })
  bench.advance(1000)
  bench.enter('i2')
  bench.advance(1000)
  expect(bench.ids).not.toContain('i2.e')
})
