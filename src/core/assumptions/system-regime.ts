import type { SystemRegime } from '../../ports/vocabulary/assumptions.js'

/** How the tracker stands. Plain JSON, never changed in place. */
export interface SystemRegimeStand {
  readonly regime: SystemRegime
  /** Tenths; 0 while nothing is known. */
  readonly confidence: number
  /** Trades that were counted. */
  readonly trades: number
  /** Of the last trades, whether each was won, the oldest first. */
  readonly recent: readonly boolean[]
  /** Win rates of then, one each ten trades. */
  readonly winRates: readonly number[]
}

export const NO_TRADES: SystemRegimeStand = { regime: 'UNKNOWN', confidence: 0, trades: 0, recent: [], winRates: [] }

/**
 * Whether the system still wins as often as its certified backtest did, after each closed trade. It says so and changes nothing.
 * Source: observation semantics, section 9.
 */
export class SystemRegimeTracker {
  /** @param expectedWinRate of the certified backtest, in (0, 1). */
  constructor(
    private readonly expectedWinRate = EXPECTED_WIN_RATE,
    private stand = NO_TRADES,
  ) {}

  closed(isWin: boolean): SystemRegime {
    this.stand = afterTrade(this.stand, isWin, this.expectedWinRate)
    return this.stand.regime
  }

  get reading(): SystemRegimeStand {
    return this.stand
  }
}

export const EXPECTED_WIN_RATE = 0.55

/** Trades before anything is said, trades that a win rate is taken over, and trades from one sample of it to the next. */
const FEWEST = 20
const WINDOW = 50
const SAMPLE_EACH = 10

/** Samples that a slope is laid through: at the most, and at the least. */
const SAMPLES = 20
const FEWEST_SAMPLES = 5

const MOST_CONFIDENT = 10
const CONFIDENT_AT_FIRST = 5
const DOUBT = 2

/** One trade more. An assessment that differs from what is believed must come up until nothing speaks for the old one. */
export function afterTrade(before: SystemRegimeStand, isWin: boolean, expectedWinRate: number): SystemRegimeStand {
  const trades = before.trades + 1
  const recent = [...before.recent, isWin].slice(-WINDOW)
  const counted = { ...before, trades, recent }
  if (trades < FEWEST) return counted
  const winRate = recent.filter(Boolean).length / recent.length
  const winRates = trades % SAMPLE_EACH === 0 ? [...before.winRates, winRate].slice(-SAMPLES) : before.winRates
  const assessed = assess({ winRate, trades: recent.length, slope: slopeOf(winRates), expectedWinRate })
  return { ...counted, winRates, ...belief(before, assessed) }
}

interface Figures {
  readonly winRate: number
  readonly trades: number
  readonly slope: number
  readonly expectedWinRate: number
}

function assess({ winRate, trades, slope, expectedWinRate: p }: Figures): SystemRegime {
  const z = (winRate - p) / Math.sqrt((p * (1 - p)) / trades)
  if (z < -3) return 'EDGE_GONE'
  if (slope < -0.005 || z < -2) return 'EDGE_DECAYING'
  return z > -1 ? 'EDGE_PRESENT' : 'REGIME_CHANGE'
}

function belief(before: SystemRegimeStand, assessed: SystemRegime): Pick<SystemRegimeStand, 'regime' | 'confidence'> {
  const { regime } = before
  if (regime === assessed) return { regime, confidence: Math.min(MOST_CONFIDENT, before.confidence + 1) }
  const confidence = before.confidence - DOUBT
  if (regime === 'UNKNOWN' || confidence <= 0) return { regime: assessed, confidence: CONFIDENT_AT_FIRST }
  return { regime, confidence }
}

/** Least squares, per sample. */
function slopeOf(values: readonly number[]): number {
  const n = values.length
  if (n < FEWEST_SAMPLES) return 0
  const middle = (n - 1) / 2
  let sum = 0
  for (const value of values) sum += value
  const mean = sum / n
  let [products, squares] = [0, 0]
  for (const [i, value] of values.entries()) {
    products += (i - middle) * (value - mean)
    squares += (i - middle) ** 2
  }
  return products / squares
}
