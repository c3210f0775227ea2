import { describe, expect, it } from 'vitest'
import { memoryGrid } from '../../../../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../../../src/adapters/grid-memory/memory-grid-store.js'
import { type AssessmentRequest, assessTrades } from '../../../../src/core/forewarner/assessment.js'
import type { DocumentOf } from '../../../../src/core/grid/document.js'
import { ACB_BOOST, FOREWARNER } from '../../../../src/core/grid/feature-documents.js'
import { FEATURE_KEYS, GRID_MAPS, RESULT_KEYS } from '../../../../src/core/grid/names.js'
import { DAILY_RESULT } from '../../../../src/core/grid/trader-documents.js'
import { ForewarnerService } from '../../../../src/runtime/services/forewarner/forewarner-service.js'
import { VirtualTime } from '../../../../src/runtime/time/virtual-time.js'
import { LeavingGrid } from '../../../support/leaving-grid.js'
import { LiveClock } from '../../../support/live-clock.js'
import { pass, turns } from '../../../support/pass-time.js'

const HOUR = 3_600_000
const MIDNIGHT = Date.UTC(2026, 0, 31)

async function setUp(
  startMs: number,
  assess: (request: AssessmentRequest, signal: AbortSignal) => unknown = assessTrades,
) {
  const time = new VirtualTime(startMs)
  const inner = memoryGrid({
    store: new MemoryGridStore({ timer: time }),
    listenerFailed: () => expect.unreachable(),
  })
  const grid = new LeavingGrid(inner)
  const clock = new LiveClock(time)
  const requests: AssessmentRequest[] = []
  const reports: (DocumentOf<typeof FOREWARNER> & { readonly atMs: number })[] = []
  const warnings: string[] = []
  const service = new ForewarnerService(
    { everyMs: 4 * HOUR, maxLeverage: 5, leverageMax: 6, seed: 42, colour: 'BLUE' },
    {
      grid,
      clock,
      assess: async (request, signal) => {
        requests.push(request)
        return (await assess(request, signal)) as ReturnType<typeof assessTrades>
      },
      put: (map, key, text) => {
        expect([map, key]).toEqual([GRID_MAPS.features, FEATURE_KEYS.forewarner])
        const reading = FOREWARNER.read(text)
        if ('value' in reading) reports.push({ ...reading.value, atMs: time.epochMs() })
      },
      warn: (text) => warnings.push(text),
    },
  )
  const stop = new AbortController()
  const begin = async () => {
    const running = service.start(stop.signal)
    await turns()
    return async () => {
      stop.abort()
      await running
      expect(service.health().state).toBe('EXITED')
      expect(time.waiting).toBe(0)
    }
  }
  return { time, inner, grid, clock, service, requests, reports, warnings, begin }
}

const boostText = (boost: number, date: string) => ACB_BOOST.write({ boost, beta: 0.2, date })

function resultText(nets: readonly number[], dayMs: number): string {
  return DAILY_RESULT.write({
    pnl: 0,
    capital: 1_000,
    trades: nets.length,
    boost: 1,
    beta: 0.2,
    mc_status: 'OK',
    closed_trades: nets.map((net, i) => ({
      exit_time_ms: dayMs + i * 60_000,
      net,
      capital_before: 1_000,
      leverage_ceiling: 5,
    })),
  })
}

describe('the forewarner service', () => {
  it('reports at its start, at day start and every four hours of the UTC day', async () => {
    const { time, reports, begin, service } = await setUp(MIDNIGHT - 5 * HOUR)
    const end = await begin()
    await pass(time, 10 * HOUR)
    expect(reports.map(({ atMs }) => (atMs - MIDNIGHT) / HOUR)).toEqual([-5, -4, 0, 4])
    expect(reports.map(({ date }) => date)).toEqual(['2026-01-30', '2026-01-30', '2026-01-31', '2026-01-31'])
    expect(service.health()).toMatchObject({ state: 'RUNNING', lastProgressAtMs: MIDNIGHT + 5 * HOUR })
    await end()
  })

  it('is careful and says why while there is no evidence', async () => {
    const { reports, begin, service } = await setUp(MIDNIGHT)
    const end = await begin()
    expect(reports).toEqual([
      expect.objectContaining({
        status: 'ORANGE',
        gate: 'ORANGE',
        catastrophic_prob: 0.2,
        envelope_score: 0.8,
        source: 'FALLBACK_NO_DATA',
        trades: 0,
      }),
    ])
    expect(service.health().detail).toBe('ORANGE: 20.0 % catastrophic at × 5.00, FALLBACK_NO_DATA of 0 trades')
    await end()
  })

  it('asks about the leverage of the boost of the day, anew when that changes', async () => {
    const { time, inner, requests, begin } = await setUp(MIDNIGHT)
    const features = inner.map(GRID_MAPS.features)
    await features.set(FEATURE_KEYS.breaker, boostText(1.5, '2026-01-30'))
    const end = await begin()
    await pass(time, 60_000)
    expect(requests.map(({ maxLeverage }) => maxLeverage)).toEqual([5])
    await features.set(FEATURE_KEYS.breaker, boostText(1.5, '2026-01-31'))
    await pass(time, 60_000)
    expect(requests.map(({ maxLeverage }) => maxLeverage)).toEqual([5, 7.5])
    await end()
  })

  it('takes the closed trades of 30 days out of the results in the grid, those of the live trader first', async () => {
    const { inner, reports, requests, begin, warnings } = await setUp(MIDNIGHT)
    const results = inner.map(GRID_MAPS.pnl('BLUE'))
    const nets = Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? 10 : -5))
    await results.set(RESULT_KEYS.live('2026-01-30'), resultText(nets, MIDNIGHT - 24 * HOUR))
    await results.set(RESULT_KEYS.flow('2026-01-30'), resultText([-900], MIDNIGHT - 24 * HOUR))
    await results.set(RESULT_KEYS.flow('2026-01-29'), resultText([7], MIDNIGHT - 48 * HOUR))
    await results.set(RESULT_KEYS.live('2026-01-28'), '{"pnl":')
    await results.set(RESULT_KEYS.flow('2025-12-31'), resultText([-900], MIDNIGHT - 31 * 24 * HOUR))
    const end = await begin()
    expect(requests[0]!.trades.map(({ net }) => net)).toEqual([...nets, 7])
    expect(reports[0]).toMatchObject({ source: 'REAL_MODEL', trades: 61, status: 'GREEN', gate: 'OK' })
    expect(warnings).toEqual([expect.stringContaining('DOLPHIN_PNL_BLUE[2026-01-28:live]')])
    await end()
  })

  it('reports a failure as careful as no evidence, tells it, and tries again after five minutes', async () => {
    let failures = 2
    const { time, reports, warnings, begin } = await setUp(MIDNIGHT, (request) => {
      if (failures-- > 0) throw new Error('trades.csv:3:1: net: expected a number')
      return assessTrades(request)
    })
    const end = await begin()
    await pass(time, 20 * 60_000)
    expect(reports.map(({ source, atMs }) => [source, (atMs - MIDNIGHT) / 60_000])).toEqual([
      ['FALLBACK_ERROR', 0],
      ['FALLBACK_ERROR', 5],
      ['FALLBACK_NO_DATA', 10],
    ])
    expect(reports[0]).toMatchObject({ status: 'ORANGE', catastrophic_prob: 0.2, envelope_score: 0.8 })
    expect(warnings[0]).toBe('no assessment: trades.csv:3:1: net: expected a number')
    await end()
  })

  it('goes on without the grid, by what the file says, and asks it again', async () => {
    const { time, grid, requests, warnings, begin, service } = await setUp(MIDNIGHT)
    grid.leave()
    const end = await begin()
    await pass(time, 6 * 60_000)
    expect(service.health().state).toBe('RUNNING')
    expect(requests).toHaveLength(2)
    expect(warnings[0]).toContain('the results in the grid cannot be read')
    grid.comeBack()
    await pass(time, 4 * HOUR - 7 * 60_000)
    expect(requests).toHaveLength(3)
    await end()
  })

  it.each([
    ['forward over a report', 5 * HOUR, 2],
    ['back over one', -5 * HOUR, 2],
    ['by less than a period', 60_000, 1],
  ])('makes one report for each period it sees when the clock is set %s', async (_, jumpMs, count) => {
    const { time, clock, reports, begin } = await setUp(MIDNIGHT + HOUR)
    const end = await begin()
    clock.setBy = jumpMs
    await pass(time, 60_000)
    expect(reports).toHaveLength(count)
    await end()
  })

  it('makes no progress, so no heartbeat, while an assessment hangs, and stops all the same', async () => {
    const { time, service, reports, begin } = await setUp(
      MIDNIGHT,
      (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('stopped')))
        }),
    )
    const end = await begin()
    await pass(time, HOUR)
    expect(service.health()).toMatchObject({ state: 'STARTING', lastProgressAtMs: null })
    await end()
    expect(reports).toEqual([])
  })
})
