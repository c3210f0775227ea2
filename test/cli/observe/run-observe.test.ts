import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { observeOptions, type RawObserveOptions } from '../../../src/cli/observe/options.js'
import { runObserve } from '../../../src/cli/observe/run-observe.js'
import { type Answer, runCommand, temporaryFolder } from '../../support/in-process-command.js'
import { RECORDED_MS, recordMarket, recordTwoContracts } from '../../support/market-recordings.js'
import { StandInObserver } from '../../support/stand-in-observer.js'

const folder = temporaryFolder()
const market = (): string => join(folder.path, 'market')

/** Replays with an observer that keeps what it is told. */
async function replay(raw: RawObserveOptions = {}, prepare?: (observer: StandInObserver) => void) {
  let observer: StandInObserver | undefined
  const register = (parent: Command): void => {
    parent.command('observe').action(async () => {
      const options = observeOptions({ replay: market(), ...raw })
      process.exitCode = await runObserve(options, ({ symbols }) => {
        observer = new StandInObserver(symbols)
        prepare?.(observer)
        return observer
      })
    })
  }
  const answer: Answer = await runCommand(register, ['observe'])
  return { ...answer, observer: observer! }
}

describe('dolphin observe --replay', () => {
  it('tells every row in its order, and each second when its last row has been told', async () => {
    await recordTwoContracts(market(), 12)
    const { code, observer } = await replay({ quiet: true })
    expect(code).toBe(0)
    expect(observer.advances).toEqual(Array.from({ length: 13 }, (_, i) => RECORDED_MS + i * 1_000))
    expect(observer.told.filter(({ kind }) => kind === 'trade')).toHaveLength(96)
    let nowMs = 0
    for (const told of observer.told) {
      if (told.kind === 'advance') nowMs = told.tMs
      else if (told.kind === 'trade') expect(told.atMs - nowMs).toBeLessThan(1_000)
    }
  })

  it('gives the same bytes twice', async () => {
    await recordTwoContracts(market(), 30)
    const one = await replay({ json: true, every: '5s' })
    expect(one).toMatchObject({ code: 0, stdout: (await replay({ json: true, every: '5s' })).stdout })
    const lines = one.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ timestampMs }) => timestampMs)).toEqual(
      [0, 5, 10, 15, 20, 25, 30].map((s) => RECORDED_MS + s * 1_000).concat([undefined as never]),
    )
    expect(lines.at(-1)).toMatchObject({
      schema: 'dolphin.observation-summary/1',
      advances: 31,
      symbols: ['BTCUSDT', 'ETHUSDT'],
    })
  })

  it('shows a period, and replays what was recorded before it', async () => {
    await recordTwoContracts(market(), 30)
    const { stdout, observer } = await replay({
      json: true,
      every: '1s',
      from: '2026-01-05T12:00:10Z',
      to: '2026-01-05T12:00:12Z',
    })
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ timestampMs }) => timestampMs)).toEqual(
      [10, 11, 12].map((s) => RECORDED_MS + s * 1_000).concat([undefined as never]),
    )
    expect(observer.advances.slice(0, 2)).toEqual([RECORDED_MS, RECORDED_MS + 1_000])
    expect(lines.at(-1)).toMatchObject({ firstMs: RECORDED_MS + 10_000, lastMs: RECORDED_MS + 12_000, advances: 3 })
  })

  it('observes the symbols that are asked for', async () => {
    await recordTwoContracts(market(), 5)
    const { observer } = await replay({ symbols: 'ETHUSDT' })
    const symbols = observer.told.flatMap((told) => ('symbol' in told ? [told.symbol] : []))
    expect(new Set(symbols)).toEqual(new Set(['ETHUSDT']))
  })

  it('finds the symbols of a recording that states no decimals in its rows', async () => {
    await recordTwoContracts(market(), 3, { scales: {} })
    const { stdout } = await replay({ json: true, every: '1s' })
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1)!).symbols).toEqual(['BTCUSDT', 'ETHUSDT'])
    expect(await replay({ symbols: 'NOTTHERE' })).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining('found NOTTHERE: it has BTCUSDT, ETHUSDT') },
    })
  })

  it('advances as the recording tells where it was advanced by the same step', async () => {
    await recordMarket(
      market(),
      (add) => {
        add('closings', { t_ms: RECORDED_MS, closed_at_ms: RECORDED_MS + 3 })
        const of = { symbol: 'BTCUSDT', side: 'BUY', price: 1, base_qty: 1 } as const
        add('trades', { ...of, T_ms: RECORDED_MS + 999, received_ms: RECORDED_MS + 999, venue_id: 1 })
        add('trades', { ...of, T_ms: RECORDED_MS + 1_001, received_ms: RECORDED_MS + 1_001, venue_id: 2 })
        add('closings', { t_ms: RECORDED_MS + 1_000, closed_at_ms: RECORDED_MS + 1_004 })
      },
      { stepMs: 1_000 },
    )
    const { observer } = await replay()
    expect(observer.told.map(({ kind }) => kind)).toEqual(['advance', 'listed', 'trade', 'trade', 'advance'])
    const other = await replay({ cadence: '500ms' })
    expect(other.observer.advances).toEqual([500, 1_000, 1_500].map((ms) => RECORDED_MS + ms))
  })

  it('ends with a code of its own and the reason once the observation has failed', async () => {
    await recordTwoContracts(market(), 30)
    const failing = (observer: StandInObserver) => {
      const advance = observer.advance.bind(observer)
      observer.advance = (tMs) => {
        if (tMs >= RECORDED_MS + 7_000) observer.failure = { reason: 'EXCEPTION', detail: 'a bug' }
        advance(tMs)
      }
    }
    const { code, stdout, stderr, observer } = await replay({ quiet: true }, failing)
    expect(code).toBe(4)
    expect(stderr).toContain('WARNING the observation has FAILED after 2026-01-05T12:00:06.000Z: EXCEPTION, a bug.')
    expect(stdout).toContain('FAILED: EXCEPTION')
    expect(observer.advances.at(-1)).toBe(RECORDED_MS + 7_000)
  })

  it('sums up what was replayed so far when it is interrupted', async () => {
    await recordTwoContracts(market(), 30)
    const interrupting = (observer: StandInObserver) => {
      const advance = observer.advance.bind(observer)
      observer.advance = (tMs) => {
        advance(tMs)
        if (tMs === RECORDED_MS + 12_000) process.emit('SIGINT')
      }
    }
    const { code, stdout, observer } = await replay({}, interrupting)
    expect([code, observer.advances.at(-1)]).toEqual([130, RECORDED_MS + 12_000])
    expect(stdout).toMatch(
      /^2026-01-05 12:00:00\.000 UTC … 2026-01-05 12:00:12\.000 UTC, 2 symbols, 13 advances of 1 s$/m,
    )
  })
})

describe('dolphin observe --replay refuses', () => {
  it.each<[string, (path: string) => unknown, RawObserveOptions, number, string]>([
    ['a folder that is not there', () => {}, {}, 2, 'cannot open the recording: there is no such file'],
    ['a folder that is no recording', (path) => mkdirSync(path), {}, 3, 'expected a folder with a recorded market'],
    ['a file', (path) => writeFileSync(path, ''), {}, 3, 'expected a folder with a recorded market'],
    [
      'a recording without trades',
      (path) =>
        recordMarket(path, (add) => add('open_interest', { t_ms: RECORDED_MS, symbol: 'BTCUSDT', open_interest: 1 })),
      ...([{}, 3, 'expected the table trades, found open_interest'] as const),
    ],
    [
      'a symbol that is not in it',
      (path) => recordTwoContracts(path, 1),
      ...([{ symbols: 'BTCUSDT,NOTTHERE' }, 2, '--symbols: expected symbols of'] as const),
    ],
    [
      'one symbol that is not in it',
      (path) => recordTwoContracts(path, 1),
      ...([{ primitives: 'NOTTHERE' }, 2, '--primitives: expected symbols of'] as const),
    ],
  ])('%s', async (_, prepare, raw, code, says) => {
    await prepare(market())
    const answer = await replay(raw)
    expect([answer.code, answer.stdout]).toEqual([code, ''])
    expect(answer.stderr).toContain(says)
  })

  it('nothing of a period without an advance, and says so', async () => {
    await recordTwoContracts(market(), 2)
    const { code, stderr } = await replay({ from: '2027-01-01' })
    expect(code).toBe(0)
    expect(stderr).toContain('nothing was shown: no advance of the recording, 2026-01-')
    const early = await replay({ to: '2020-01-01' })
    expect(early.code).toBe(0)
    expect(early.stderr).toMatch(/no advance of the recording, 2026-01-\S+, and on, is a whole --every in the period/)
  })

  it('what was never recorded only with a warning that names it', async () => {
    await recordMarket(market(), (add) => {
      for (let i = 0; i < 3; i++)
        add('trades', {
          T_ms: RECORDED_MS + i,
          received_ms: RECORDED_MS + i,
          symbol: 'BTCUSDT',
          price: 100,
          base_qty: 1,
          side: 'BUY',
          venue_id: i,
        })
    })
    const { code, stderr } = await replay({ quiet: true })
    expect(code).toBe(0)
    expect(stderr).toContain('no rows of liquidations, frames, marks, open_interest')
  })
})
