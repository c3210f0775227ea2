import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findDayFiles } from '../../src/adapters/parquet/day-files.js'
import { parquetDays } from '../../src/adapters/parquet/parquet-days.js'
import { present } from '../../src/base/present.js'
import { type BetaPolicy, DailyBreaker } from '../../src/core/breaker/breaker.js'
import { parseAcbPayload } from '../../src/core/breaker/subday-payload.js'
import { Engine } from '../../src/core/engine/engine.js'
import { DEFAULT_PARAMETERS, type EngineParameters } from '../../src/core/engine/parameters.js'
import { parseOrderBookTable } from '../../src/core/orderbook/parse-order-book-table.js'
import { TableOrderBook } from '../../src/core/orderbook/table-order-book.js'
import { figures } from '../../src/core/performance/figures.js'
import type { DayColumns } from '../../src/ports/days.js'
import type { OrderBookSource } from '../../src/ports/order-book.js'
import type { Direction, Posture } from '../../src/ports/vocabulary/market.js'
import type { DayRecord, Trade } from '../../src/ports/vocabulary/trades.js'
import { firstDifference } from './first-difference.js'

interface GoldenDay {
  readonly date: string
  readonly file: string
  readonly direction: Direction
  readonly posture: Posture
  readonly acb: { readonly boost: number; readonly beta: number } | null
  readonly forewarner: { readonly envelope_score: number; readonly catastrophic_probability: number } | null
  readonly vol_ok: string | null
}

type GoldenEvent = { readonly bar: number } & (
  | { readonly type: 'posture'; readonly posture: Posture }
  | { readonly type: 'acb'; readonly payload: string; readonly accepted?: boolean }
)

interface GoldenFactors {
  readonly funding_btc?: number | null
  readonly dvol_btc?: number | null
  readonly fng?: number | null
  readonly taker?: number | null
}

interface GoldenRun {
  readonly initial_capital: number
  readonly params: Partial<EngineParameters>
  readonly acb: {
    readonly factors: Readonly<Record<string, GoldenFactors>>
    readonly w750: Readonly<Record<string, number | null>>
    readonly beta_policy: BetaPolicy
    readonly fixed_threshold?: number
  } | null
  readonly order_book: string | null
  readonly days: readonly GoldenDay[]
  readonly events: readonly GoldenEvent[]
}

/** Runs a golden folder and returns the first field that differs from `expected.json`, or undefined when none does. */
export async function goldenDifference(folder: string): Promise<string | undefined> {
  const run = await readJson<GoldenRun>(join(folder, 'run.json'))
  const expected = await readJson<object>(join(folder, 'expected.json'))
  return firstDifference(expected, await replay(folder, run))
}

/** Reads the columns of one day file. */
export async function readDay(path: string): Promise<DayColumns> {
  for await (const outcome of parquetDays.read(await findDayFiles([path]), { workers: 0 })) {
    if ('error' in outcome) throw outcome.error
    return outcome.day.columns
  }
  throw new Error(`${path}: no day`)
}

/** What an engine did, in the shape and names of `expected.json`. */
export function describeRun(
  engine: Engine,
  initialCapital: number,
  days: readonly DayRecord[],
  trades: readonly Trade[],
): object {
  let next = 0
  const nets = days.map((day) => {
    const first = next
    next += day.trades
    return trades.slice(first, next).map((trade) => trade.net)
  })
  return snakeCased({
    trades,
    days,
    final: {
      capital: engine.capital,
      openPosition: engine.openPosition ?? null,
      rngDraws: engine.rngDraws,
      bars: engine.bars,
      universe: engine.universe,
      figures: figures(initialCapital, nets),
    },
  }) as object
}

async function replay(folder: string, run: GoldenRun): Promise<object> {
  const parameters: EngineParameters = { ...DEFAULT_PARAMETERS, ...run.params }
  const orderBook: OrderBookSource | undefined =
    run.order_book === null
      ? undefined
      : new TableOrderBook(parseOrderBookTable(await readJson(join(folder, run.order_book))))
  const breaker = run.acb === null ? undefined : breakerOf(run.acb)

  const engine = new Engine(parameters, run.initial_capital, {
    ...present({ orderBook }),
  })

  const trades: Trade[] = []
  const days: DayRecord[] = []
  const events = [...run.events]
  for (const day of run.days) {
    const columns = { ...(await readDay(join(folder, day.file))), date: day.date }
    const { forewarner } = day
    const table = breaker?.boostForDate(day.date)
    engine.beginDay({
      date: day.date,
      direction: day.direction,
      posture: day.posture,
      ...(day.acb !== null
        ? { acb: { ...day.acb, source: 'given' as const } }
        : table === undefined
          ? {}
          : { acb: { boost: table.boost, beta: table.beta, source: 'breaker' as const } }),
      ...(forewarner === null ? {} : { forewarner: { assess: () => asReport(forewarner) } }),
    })
    engine.attach(columns)
    const volOk = day.vol_ok === null ? undefined : Uint8Array.from(day.vol_ok, (flag) => (flag === '1' ? 1 : 0))
    const firstBar = engine.bars
    while (events[0] !== undefined && events[0].bar < firstBar + columns.bars) {
      const event = events.shift()!
      trades.push(...engine.run(event.bar - firstBar, volOk))
      applyEvent(engine, event)
    }
    trades.push(...engine.run(columns.bars, volOk))
    engine.endDay()
    days.push(engine.dayRecord())
  }
  if (parameters.close_at_end) {
    const trade = engine.closeAtEnd()
    if (trade !== undefined) {
      trades.push(trade)
      days[days.length - 1] = engine.dayRecord()
    }
  }
  return describeRun(engine, run.initial_capital, days, trades)
}

function applyEvent(engine: Engine, event: GoldenEvent): void {
  if (event.type === 'posture') {
    engine.setPosture(event.posture)
    return
  }
  const update = parseAcbPayload(event.payload)
  const accepted = !('rejected' in update)
  if (accepted !== (event.accepted ?? true)) {
    throw new Error(`event at bar ${event.bar}: expected ${accepted ? 'a rejected' : 'an accepted'} payload`)
  }
  if (!('rejected' in update)) engine.parkAcb(update)
}

function breakerOf(acb: NonNullable<GoldenRun['acb']>): DailyBreaker {
  const factors = Object.entries(acb.factors).map(
    ([date, row]) =>
      [
        date,
        {
          fundingBtc: row.funding_btc ?? null,
          dvolBtc: row.dvol_btc ?? null,
          fng: row.fng ?? null,
          taker: row.taker ?? null,
        },
      ] as const,
  )
  return new DailyBreaker({
    factors: new Map(factors),
    w750: new Map(Object.entries(acb.w750)),
    betaPolicy: acb.beta_policy,
    ...(acb.fixed_threshold === undefined ? {} : { fixedThreshold: acb.fixed_threshold }),
  })
}

function asReport(report: NonNullable<GoldenDay['forewarner']>) {
  return {
    envelopeScore: report.envelope_score,
    catastrophicProbability: report.catastrophic_probability,
    source: 'REAL_MODEL' as const,
  }
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T
}

/** Names as the golden vectors write them. */
export function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCased)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snakeCased(field),
    ]),
  )
}
