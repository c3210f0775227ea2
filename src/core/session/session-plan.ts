import { type DecimalText, Exact } from '../../base/exact.js'
import { present } from '../../base/present.js'
import type { Instrument } from '../../ports/vocabulary/instrument.js'
import type { FillMode, PaperSettings } from '../../ports/vocabulary/paper.js'
import { FEED_LATENCY_MS_MAX, SHIPPED_ASSUMPTION_SETTINGS } from '../assumptions/shipped-assumptions.js'
import { EXPECTED_WIN_RATE } from '../assumptions/system-regime.js'
import type { BacktestSettings } from '../backtest/settings.js'
import { DECISION_DEFAULTS, type DecisionSettings, type HarnessSettings } from '../decision/settings.js'
import type { ExecutionSettings } from '../execution/settings.js'
import type { Conditions } from '../mode/mode.js'
import type { RiskConfig } from '../risk/risk-config.js'
import { ChampionStrategy } from '../strategy/champion.js'

/** The settings of both sides and of the paper exchange for a session over a played market. */
export function planSession(wish: SessionWish): SessionPlan {
  const { config, instruments, build, fills, market, account } = wish
  const initialCapitalUsd = new Exact(wish.run.initialCapital).toFixed()
  const startedAtMs = market.firstBarMs - WARM_UP_MS
  return {
    startedAtMs,
    initialCapitalUsd,
    expectedWinRate: config.edge?.expectedWinRate ?? EXPECTED_WIN_RATE,
    stopPct: Math.min(Number(config.execution.catastrophicStop), config.risk.stopLossPct ?? Number.POSITIVE_INFINITY),
    feedLatencyMsMax: config.feedLatencyMsMax ?? FEED_LATENCY_MS_MAX,
    decision: {
      ...DECISION_DEFAULTS,
      instruments,
      build,
      idPrefix: account === undefined ? ID_PREFIX : accountPrefix(startedAtMs),
      initialBalanceUsd: account?.walletBalanceUsd ?? initialCapitalUsd,
      risk: config.risk,
      timings: config.decision,
      ...present({ harness: config.harness }),
      link: config.execution.link,
      market: marketLimits(fills, market.stepMs),
      ...present({ conditions: wish.conditions }),
      assumptions: { ...SHIPPED_ASSUMPTION_SETTINGS, actOnRegime: config.edge?.actOnRegime ?? false },
    },
    execution: { ...config.execution, instruments, build },
    exchange: exchangeSettings(wish, initialCapitalUsd),
    ...(fills === 'realistic' ? { fundingRate: config.paper.fundingRate } : {}),
  }
}

/** How both sides, the risk layer and the paper exchange are set up: `configs/execution.yml`. */
export interface ExecutionConfig {
  /** Both sides' link, and everything of the execution side but its instruments and build. */
  readonly execution: Omit<ExecutionSettings, 'instruments' | 'build'>
  readonly decision: DecisionSettings['timings']
  readonly risk: RiskConfig
  /** Between the strategies' candidates and arbitration; absent: live. */
  readonly harness?: HarnessSettings | undefined
  /** What the trades of a session are held to; absent: the defaults. */
  readonly edge?: EdgeConfig | undefined
  /** Median age of what a feed tells that is still young, ms; absent: 100. */
  readonly feedLatencyMsMax?: number | undefined
  readonly paper: PaperConfig
}

/** How often trades should be won, and whether it matters. */
export interface EdgeConfig {
  /** Share of trades that the certified backtest won, above 0 and below 1. */
  readonly expectedWinRate: number
  /** Nothing is entered while far fewer are won. */
  readonly actOnRegime: boolean
}

/** The paper exchange in `realistic` mode. */
export type PaperConfig = Required<
  Pick<
    PaperSettings,
    | 'leverage'
    | 'makerFee'
    | 'takerFee'
    | 'liquidationFee'
    | 'halfSpreadBps'
    | 'displayedUsd'
    | 'queueAheadShare'
    | 'requestLatency'
    | 'answerLatency'
    | 'streamLatency'
  >
> & {
  /** Fraction of the notional that longs pay to shorts at 00:00, 08:00 and 16:00 UTC. */
  readonly fundingRate: DecimalText
}

/** What a session on paper is asked to be. */
export interface SessionWish {
  readonly run: Pick<BacktestSettings, 'initialCapital'>
  readonly config: ExecutionConfig
  /** Every contract that the days have. */
  readonly instruments: readonly Instrument[]
  readonly fills: FillMode
  /** Of latencies and whatever else is drawn at random. */
  readonly seed: number
  /** Of the market that is played: UTC ms of its first bar, and the usual time from bar to bar. */
  readonly market: { readonly firstBarMs: number; readonly stepMs: number }
  /** SHA-256 of the build that runs, 16 hex digits. */
  readonly build: string
  readonly conditions?: Conditions
  /** An account at an exchange, as it was when the session began; absent: the paper exchange opens one with the capital. */
  readonly account?: { readonly walletBalanceUsd: DecimalText } | undefined
}

/** The settings of a session's parts. */
export interface SessionPlan {
  /** UTC ms, before the first bar: both sides find each other and compare notes until then. */
  readonly startedAtMs: number
  readonly initialCapitalUsd: DecimalText
  /** Share of trades that the certified backtest won. */
  readonly expectedWinRate: number
  /** Distance of a position's stop from its entry price, a fraction: the nearer of risk's and of the order at the exchange. */
  readonly stopPct: number
  /** Median age of what the feed tells that is still young, ms. */
  readonly feedLatencyMsMax: number
  readonly decision: DecisionSettings
  readonly execution: ExecutionSettings
  readonly exchange: PaperSettings
  /** Fraction of the notional at each settlement; absent: none is settled. */
  readonly fundingRate?: DecimalText
}

/** Time before the first bar in which both sides find each other. */
export const WARM_UP_MS = 30_000
/** Tells the ids of a session on paper from any other's. */
const ID_PREFIX = 'P'

/** An account takes an id once, ever: those of two sessions differ by when they began. */
function accountPrefix(startedAtMs: number): string {
  return `S${startedAtMs.toString(36)}`
}

/** The champion with a run's settings; a forewarner learns from its trades. */
export function championOf(run: BacktestSettings): ChampionStrategy {
  const { strategy, parameters, direction, initialCapital, orderBook, forewarner, delisting } = run
  return new ChampionStrategy({
    id: strategy,
    parameters,
    direction,
    initialCapital,
    ...present({ orderBook, delisting }),
    ...(forewarner === undefined ? {} : { onTrade: (trade) => forewarner.observe(trade) }),
  })
}

/**
 * When prices count as stale. Recorded bars come at their own pace: what a live feed's silence is told by is here some
 * steps without a bar. At bar prices nothing is: a gap in a recording is no failure of a feed, and the bulk run knows none.
 */
function marketLimits(fills: FillMode, stepMs: number): DecisionSettings['market'] {
  const limits = DECISION_DEFAULTS.market
  const scanAgeMaxMs = fills === 'bar-price' ? 100 * MS_PER_YEAR : Math.max(limits.scanAgeMaxMs, STALE_STEPS * stepMs)
  return { ...limits, scanAgeMaxMs }
}

const STALE_STEPS = 2.5
const MS_PER_YEAR = 31_557_600_000

function exchangeSettings({ config, instruments, fills, seed }: SessionWish, capital: DecimalText): PaperSettings {
  const { fundingRate: _, ...paper } = config.paper
  const common = { instruments, startingBalanceUsd: capital, seed, fillMode: fills, leverage: paper.leverage }
  return fills === 'bar-price' ? common : { ...paper, ...common }
}
