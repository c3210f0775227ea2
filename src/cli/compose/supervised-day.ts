import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parquetDayWriter } from '../../adapters/parquet/day-writer.js'
import { FlatAtEnd } from '../../core/strategy/flat-at-end.js'
import type { Strategy } from '../../ports/strategy.js'
import type { TradeRecord } from '../../ports/vocabulary/session.js'
import { FatalFlowError } from '../../runtime/flows/flow-work.js'
import type { DayRequest, DayResult } from '../../runtime/flows/tasks/flow-parts.js'
import type { RunSettings } from './run-settings.js'
import { preparePaper } from './session-settings.js'
import { runVirtualSession } from './virtual-session.js'

/**
 * Both sides of a session over one day, on virtual time, at the paper exchange: flat at its beginning and at its end, so that its
 * capital is money. What its journals held is not kept: it is a function of the day.
 *
 * @param run with this capital.
 * @param warn of what a person should know.
 */
export async function runSupervisedDay(
  run: RunSettings,
  { day, capital, signal, progress }: Omit<DayRequest, 'posture' | 'carried'>,
  warn: (text: string) => void,
): Promise<DayResult> {
  const folder = await mkdtemp(join(tmpdir(), 'dolphin-supervised-'))
  try {
    const file = await parquetOf(day, folder)
    const setup = await preparePaper(
      {
        run,
        inputs: [file],
        period: {},
        given: {},
        fills: 'realistic',
        seed: 1,
        out: join(folder, 'session'),
        resume: false,
        environment: 'PAPER',
      },
      signal,
    )
    const { bars } = day.columns
    const flat: { strategy?: FlatAtEnd } = {}
    const wrapped = (strategy: Strategy) => {
      flat.strategy = new FlatAtEnd(strategy, { bars, leaving: LEAVING_BARS })
      return flat.strategy
    }
    let done = 0
    const news = {
      onNotice: () => {},
      onWarning: warn,
      onStep: () => progress(++done, bars, 'bars'),
    }
    const { figures, finished } = await runVirtualSession(setup, news, signal, wrapped)
    signal.throwIfAborted()
    const held = figures.open[0]?.symbol ?? flat.strategy?.position
    if (!finished || held != null) {
      throw new FatalFlowError(
        `${day.path}: expected a day that ends flat, found a position in ${held}: it had no price in the last ${LEAVING_BARS} bars`,
      )
    }
    const { performance, trades } = figures
    const boost = setup.run.breaker?.boostForDate(day.columns.date)
    return {
      ...{
        capital: Number(performance.capitalUsd),
        pnl: Number(performance.capitalUsd) - capital,
        trades: trades.length,
        bars,
      },
      ...{ boost: boost?.boost ?? 1, beta: boost?.beta ?? 0, forewarner: 'OK' },
      closed: trades.flatMap((trade) => evidenceOf(trade, setup.run.parameters)),
      carried: null,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Bars before the end of the day in which the position is left: an exit may take several, where prices are missing. */
const LEAVING_BARS = 10

async function parquetOf({ path, columns }: DayRequest['day'], folder: string): Promise<string> {
  if (path.endsWith('.parquet')) return path
  const file = join(folder, `${columns.date}.parquet`)
  await parquetDayWriter.write(file, columns)
  return file
}

function evidenceOf(
  { exitTimeNs, netPnl, capitalUsd }: TradeRecord,
  leverage: { readonly max_leverage: number; readonly abs_max_leverage: number },
) {
  const capitalBefore = Number(capitalUsd)
  if (!(capitalBefore > 0)) return []
  return [
    {
      exitTimeMs: Number(BigInt(exitTimeNs) / 1_000_000n),
      net: Number(netPnl),
      capitalBefore,
      leverageCeiling: Math.min(leverage.abs_max_leverage, leverage.max_leverage),
    },
  ]
}
