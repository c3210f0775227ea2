import type { AssumptionDefinition } from '../../ports/vocabulary/assumptions.js'
import { median } from '../numeric/percentile.js'
import type { AssumptionTests, TestVerdict } from './assumption-registry.js'
import type { ParameterCalibration } from './calibrated-parameter.js'
import type { AssumptionSettings } from './entry-safety.js'
import { distributionDistance } from './kolmogorov-smirnov.js'
import { EXPECTED_WIN_RATE } from './system-regime.js'

/** What everything here takes for granted. Source: observation semantics, section 9. */
export const SHIPPED_ASSUMPTIONS: readonly AssumptionDefinition[] = [
  {
    name: 'liquidations_observable',
    description: 'the exchange tells of liquidations while they happen',
    category: 'market_structure',
    testId: 'liquidations_observable',
    revalidateAfterMs: 604_800_000,
    invalidationAction:
      'look whether the stream of forced orders is subscribed to and speaks; leave cascade strategies off',
    affectedComponents: ['cascadeAnalysis'],
  },
  {
    name: 'open_interest_reflects_positions',
    description: 'open interest falls where positions are liquidated',
    category: 'market_structure',
    testId: 'open_interest_reflects_positions',
    revalidateAfterMs: 604_800_000,
    invalidationAction: 'do not label cascades by open interest; look how the exchange counts it',
    affectedComponents: ['cascadeAnalysis'],
  },
  {
    name: 'cascades_have_waves',
    description: 'most cascades have two waves or more',
    category: 'market_structure',
    testId: 'cascades_have_waves',
    revalidateAfterMs: 604_800_000,
    invalidationAction: 'run dolphin analyse validate anew; leave what trades on waves off',
    affectedComponents: ['cascadeAnalysis'],
  },
  {
    name: 'feed_latency',
    description: 'the median age of what the feed tells is below 100 ms',
    category: 'data_quality',
    testId: 'feed_latency',
    revalidateAfterMs: 604_800_000,
    invalidationAction: 'look at the network and the clock; move nearer to the exchange',
    affectedComponents: ['marketData'],
  },
  {
    name: 'timestamps_monotonic',
    description: 'the times of bars never go back',
    category: 'data_quality',
    testId: 'timestamps_monotonic',
    revalidateAfterMs: 604_800_000,
    invalidationAction: 'look at the clock of whatever scans, and restart it',
    affectedComponents: ['marketData'],
  },
  {
    name: 'fills_within_slippage',
    description: '95 % of fills cost at most twice the slippage that is expected',
    category: 'execution',
    testId: 'fills_within_slippage',
    revalidateAfterMs: 604_800_000,
    invalidationAction: 'compare with dolphin compare; trade less, or more liquid contracts',
    affectedComponents: ['execution'],
  },
  {
    name: 'api_calls_in_time',
    description: 'the exchange answers 99 % of what it is asked in time',
    category: 'execution',
    testId: 'api_calls_in_time',
    revalidateAfterMs: 604_800_000,
    invalidationAction: 'look at the connection and at the limits of the exchange; stop while it lasts',
    affectedComponents: ['execution'],
  },
  {
    name: 'success_rate_in_range',
    description: 'trades are won about as often as was certified',
    category: 'model',
    testId: 'success_rate_in_range',
    revalidateAfterMs: 604_800_000,
    invalidationAction: 'certify anew over recent days before anything is changed',
    affectedComponents: ['calibration'],
  },
  {
    name: 'distributions_stable',
    description: 'returns are distributed as they were before',
    category: 'model',
    testId: 'distributions_stable',
    revalidateAfterMs: 604_800_000,
    invalidationAction: 'calibrate anew over recent days; a market that has changed has changed for every threshold',
    affectedComponents: ['calibration'],
  },
]

/** The shipped list, and what entries need of it. */
export const SHIPPED_ASSUMPTION_SETTINGS: AssumptionSettings = {
  definitions: SHIPPED_ASSUMPTIONS,
  entryComponents: ['marketData', 'execution'],
  actOnRegime: false,
}

/** What is known of each; absent: nothing, and its test is not run. Times UTC ms. */
export interface AssumptionEvidence {
  readonly liquidations?: {
    /** Count. */
    readonly events: number
    readonly listenedMs: number
  }
  /** Times that there were liquidations and the open interest before and after was known, and those in which it fell. */
  readonly openInterest?: {
    /** Count. */
    readonly moves: number
    /** Count. */
    readonly fell: number
  }
  /** Waves of each cascade. */
  readonly cascadeWaves?: readonly number[]
  readonly feedLatencyMs?: readonly number[]
  /** Their median must be below it, ms; absent: 100. */
  readonly feedLatencyMsMax?: number
  readonly timestampsMs?: readonly number[]
  /** Against us, basis points of the price that was decided at. */
  readonly fillSlippageBps?: readonly number[]
  readonly exchangeAnswers?: {
    /** Count. */
    readonly asked: number
    /** Count. */
    readonly inTime: number
  }
  /** Of closed trades, the oldest first, whether they were won. */
  readonly tradesWon?: {
    readonly won: readonly boolean[]
    /** A fraction. */
    readonly expectedWinRate: number
  }
  /** Logarithms of price over the price before. */
  readonly returns?: { readonly before: readonly number[]; readonly recent: readonly number[] }
}

/** Basis points of a leg: what the costs of a backtest take for an exit that does not rest. Engine semantics, section 8. */
export const EXPECTED_SLIPPAGE_BPS = 2

/** Median age of what a feed tells, ms, that is still young. */
export const FEED_LATENCY_MS_MAX = 100

/** Fewer than these say nothing. */
const FEWEST = { listenedMs: 3_600_000, moves: 10, cascades: 30, samples: 30, fills: 20, trades: 20, returns: 200 }

/** A fact apart from chance: what has this little probability under the assumption is taken for a failure. */
const CHANCE_OF_FALSE_ALARM = 0.0001
const DEVIATIONS = 3

export const SHIPPED_TESTS: AssumptionTests<AssumptionEvidence> = {
  liquidations_observable({ liquidations }) {
    if (liquidations === undefined || liquidations.listenedMs < FEWEST.listenedMs) return undefined
    const { events, listenedMs } = liquidations
    return { passed: events > 0, detail: `${events} in ${(listenedMs / 3_600_000).toFixed(1)} h` }
  },
  open_interest_reflects_positions({ openInterest }) {
    if (openInterest === undefined || openInterest.moves < FEWEST.moves) return undefined
    return shareOf({
      of: openInterest.moves,
      good: openInterest.fell,
      least: 0.5,
      what: 'liquidations with less open interest',
    })
  },
  cascades_have_waves({ cascadeWaves }) {
    if (cascadeWaves === undefined || cascadeWaves.length < FEWEST.cascades) return undefined
    const good = cascadeWaves.filter((waves) => waves >= 2).length
    return shareOf({ of: cascadeWaves.length, good, least: 0.5, what: 'cascades of two waves or more' })
  },
  feed_latency({ feedLatencyMs, feedLatencyMsMax = FEED_LATENCY_MS_MAX }) {
    if (feedLatencyMs === undefined || feedLatencyMs.length < FEWEST.samples) return undefined
    const medianMs = median(feedLatencyMs)
    return {
      passed: medianMs < feedLatencyMsMax,
      detail: `median ${medianMs.toFixed(1)} ms of ${feedLatencyMs.length}`,
    }
  },
  timestamps_monotonic({ timestampsMs }) {
    if (timestampsMs === undefined || timestampsMs.length < FEWEST.samples) return undefined
    const back = timestampsMs.filter((atMs, i) => i > 0 && atMs < timestampsMs[i - 1]!).length
    return { passed: back === 0, detail: `${back} of ${timestampsMs.length} went back` }
  },
  fills_within_slippage({ fillSlippageBps }) {
    if (fillSlippageBps === undefined || fillSlippageBps.length < FEWEST.fills) return undefined
    const limit = 2 * EXPECTED_SLIPPAGE_BPS
    const good = fillSlippageBps.filter((bps) => bps <= limit).length
    return shareOf({ of: fillSlippageBps.length, good, least: 0.95, what: `fills within ${limit} bps` })
  },
  api_calls_in_time({ exchangeAnswers }) {
    if (exchangeAnswers === undefined || exchangeAnswers.asked < FEWEST.samples) return undefined
    const { asked, inTime } = exchangeAnswers
    return shareOf({ of: asked, good: inTime, least: 0.99, what: 'answers in time' })
  },
  success_rate_in_range({ tradesWon }) {
    if (tradesWon === undefined || tradesWon.won.length < FEWEST.trades) return undefined
    const { won, expectedWinRate: p } = tradesWon
    const rate = won.filter(Boolean).length / won.length
    const deviations = (rate - p) / Math.sqrt((p * (1 - p)) / won.length)
    const detail = `${(rate * 100).toFixed(1)} % of ${won.length} won, ${deviations.toFixed(2)} deviations from ${(p * 100).toFixed(1)} %`
    return { passed: Math.abs(deviations) <= DEVIATIONS, detail }
  },
  distributions_stable({ returns }) {
    if (returns === undefined) return undefined
    const { before, recent } = returns
    if (Math.min(before.length, recent.length) < FEWEST.returns) return undefined
    const { distance, limit } = distributionDistance(before, recent, CHANCE_OF_FALSE_ALARM)
    const detail = `distance ${distance.toFixed(4)} of ${before.length} and ${recent.length} returns, ${limit.toFixed(4)} at the most`
    return { passed: distance <= limit, detail }
  },
}

/** Parameters that a session is watched against. */
export function shippedParameters(expectedWinRate = EXPECTED_WIN_RATE): readonly ParameterCalibration[] {
  const given = { calibratedAtMs: 0, samples: 0 }
  return [
    {
      ...given,
      name: 'win_rate',
      value: expectedWinRate,
      unit: 'fraction',
      source: 'risk.expected_win_rate',
      expectedMean: expectedWinRate,
      expectedStd: Math.sqrt(expectedWinRate * (1 - expectedWinRate)),
    },
    {
      ...given,
      name: 'entry_slippage',
      value: EXPECTED_SLIPPAGE_BPS,
      unit: 'bps',
      source: 'the costs of a backtest',
      expectedMean: EXPECTED_SLIPPAGE_BPS,
    },
  ]
}

function shareOf({ of, good, least, what }: { of: number; good: number; least: number; what: string }): TestVerdict {
  return { passed: good / of >= least, detail: `${good} of ${of} ${what}` }
}
