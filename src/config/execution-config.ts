import { type DecimalText, Exact } from '../base/exact.js'
import { InputMistake } from '../base/mistakes.js'
import { FEED_LATENCY_MS_MAX } from '../core/assumptions/shipped-assumptions.js'
import { EXPECTED_WIN_RATE } from '../core/assumptions/system-regime.js'
import { DECISION_DEFAULTS, DECISION_TIMINGS, type HarnessSettings } from '../core/decision/settings.js'
import { EXECUTION_DEFAULTS, EXECUTION_TIMINGS } from '../core/execution/settings.js'
import { LINK_TIMINGS } from '../core/link/link-timings.js'
import { CHAMPION_RISK, checkRiskConfig } from '../core/risk/risk-config.js'
import type { ExecutionConfig } from '../core/session/session-plan.js'
import { valueCheck } from './execution-values.js'
import { FRACTIONS_HINT, percentageProblem } from './percent-or-fraction.js'
import { readSections, sectionedValues } from './sectioned-values.js'
import type { ConfigDocument } from './yaml-document.js'

/** What is in force without a file, key by key; the packaged `configs/execution.yml` says the same. */
export const EXECUTION_CONFIG_DEFAULTS = {
  'link.heartbeat_ms': LINK_TIMINGS.heartbeatEveryMs,
  'link.heartbeats_missed_ms': LINK_TIMINGS.heartbeatsMissedMs,
  'link.round_trip_max_ms': LINK_TIMINGS.roundTripMaxMs,
  'link.silent_max_ms': LINK_TIMINGS.silentMaxMs,
  'link.clock_skew_max_ms': LINK_TIMINGS.clockSkewMaxMs,
  'link.resync_ms': LINK_TIMINGS.resyncEveryMs,
  'link.good_heartbeats': LINK_TIMINGS.goodHeartbeats,
  'link.lost_dwell_ms': EXECUTION_TIMINGS.lostDwellMs,
  'entry.permission_max_ms': EXECUTION_TIMINGS.permissionMaxMs,
  'entry.order_delay_max_ms': EXECUTION_TIMINGS.orderDelayMaxMs,
  'entry.rest_max_ms': EXECUTION_TIMINGS.restMaxMs,
  'protection.take_profit': EXECUTION_DEFAULTS.takeProfit,
  'protection.catastrophic_stop': EXECUTION_DEFAULTS.catastrophicStop,
  'protection.watch_grace_ms': EXECUTION_TIMINGS.watchGraceMs,
  'protection.take_profit_orders': EXECUTION_DEFAULTS.venue.takeProfitOrders,
  'protection.stop_orders': EXECUTION_DEFAULTS.venue.stopOrders,
  'exchange.answer_max_ms': EXECUTION_TIMINGS.answerMaxMs,
  'exchange.query_ms': EXECUTION_TIMINGS.queryEveryMs,
  'exchange.submit_valid_ms': EXECUTION_TIMINGS.submitValidMs,
  'exchange.truth_ms': EXECUTION_TIMINGS.truthEveryMs,
  'exchange.truth_age_max_ms': EXECUTION_TIMINGS.truthAgeMaxMs,
  'exchange.truth_delay_max_ms': EXECUTION_TIMINGS.truthDelayMaxMs,
  'exchange.report_repeat_ms': EXECUTION_TIMINGS.reportRepeatMs,
  'exchange.retry_after_ms': EXECUTION_TIMINGS.retryAfterMs,
  'decision.proposal_delay_max_ms': DECISION_TIMINGS.proposalDelayMaxMs,
  'decision.intent_wait_max_ms': DECISION_TIMINGS.intentWaitMaxMs,
  'decision.permission_delay_max_ms': DECISION_TIMINGS.permissionDelayMaxMs,
  'decision.outcome_wait_max_ms': DECISION_TIMINGS.outcomeWaitMaxMs,
  'decision.exit_repeat_ms': DECISION_TIMINGS.exitRepeatMs,
  'harness.mode': DECISION_DEFAULTS.harness.mode,
  'journal.capacity': EXECUTION_DEFAULTS.journalCapacity,
  'risk.leverage_target': CHAMPION_RISK.leverageTarget,
  'risk.leverage_max': CHAMPION_RISK.leverageMax,
  'risk.symbol_leverage_max': CHAMPION_RISK.symbolLeverageMax,
  'risk.liquidation_distance_min': CHAMPION_RISK.liquidationDistanceMin,
  'risk.liquidation_distance_critical': CHAMPION_RISK.liquidationDistanceCritical,
  'risk.stop_loss_pct': CHAMPION_RISK.stopLossPct,
  'risk.consecutive_losses_max': CHAMPION_RISK.lossBreaker.consecutiveLossesMax,
  'risk.loss_pct_max': CHAMPION_RISK.lossBreaker.lossPctMax,
  'risk.expected_win_rate': EXPECTED_WIN_RATE,
  'risk.act_on_regime': false,
  'risk.feed_latency_max_ms': FEED_LATENCY_MS_MAX,
  'paper.leverage': 10,
  'paper.maker_fee': '0.0002',
  'paper.taker_fee': '0.0005',
  'paper.liquidation_fee': '0.0125',
  'paper.half_spread_bps': '0.5',
  'paper.displayed_usd': '100000',
  'paper.queue_ahead_share': '1',
  'paper.request_latency_ms': [10, 90],
  'paper.answer_latency_ms': [5, 45],
  'paper.stream_latency_ms': [5, 45],
  'paper.funding_rate': '0.0001',
} as const

type Key = keyof typeof EXECUTION_CONFIG_DEFAULTS
type Values = Record<Key, unknown>

/**
 * Reads an execution configuration; what a file leaves out has its default value, and without a file everything has.
 *
 * `iMeanFractions`: values that are probably percentages (a take-profit of 0.2 and more, a stop above 1) are taken as they stand.
 *
 * @throws Mistake with every mistake: file, line, key, what was expected, what was found.
 */
export async function loadExecutionConfig(
  path?: string,
  { iMeanFractions = false }: { readonly iMeanFractions?: boolean } = {},
): Promise<ExecutionConfig> {
  if (path === undefined) return configOf({ ...EXECUTION_CONFIG_DEFAULTS })
  const document = await readSections(path)
  const values = valuesOf(document, iMeanFractions)
  try {
    return configOf(values)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new InputMistake({ place: document.keyPlace(['risk']), message: `risk: ${error.message}` })
  }
}

function valuesOf(document: ConfigDocument, iMeanFractions: boolean): Values {
  let hint: string | undefined
  const { values, problems } = sectionedValues<Key>(document, EXECUTION_CONFIG_DEFAULTS, valueCheck, (key, value) => {
    const percentage = iMeanFractions ? undefined : percentageProblem(key, Number(value))
    if (percentage !== undefined) hint = FRACTIONS_HINT
    return percentage
  })
  if (problems.length > 0) throw new InputMistake(problems, { hint })
  return values
}

function configOf(values: Values): ExecutionConfig {
  const ms = (key: Key) => values[key] as number
  const decimal = (key: Key): DecimalText => new Exact(values[key] as string | number).toFixed()
  const limit = (key: Key) => values[key] as number | null
  const range = (key: Key) => {
    const [minMs, maxMs] = values[key] as [number, number]
    return { minMs, maxMs }
  }
  return {
    execution: {
      timings: {
        permissionMaxMs: ms('entry.permission_max_ms'),
        orderDelayMaxMs: ms('entry.order_delay_max_ms'),
        restMaxMs: ms('entry.rest_max_ms'),
        answerMaxMs: ms('exchange.answer_max_ms'),
        queryEveryMs: ms('exchange.query_ms'),
        submitValidMs: ms('exchange.submit_valid_ms'),
        truthEveryMs: ms('exchange.truth_ms'),
        truthAgeMaxMs: ms('exchange.truth_age_max_ms'),
        truthDelayMaxMs: ms('exchange.truth_delay_max_ms'),
        reportRepeatMs: ms('exchange.report_repeat_ms'),
        lostDwellMs: ms('link.lost_dwell_ms'),
        watchGraceMs: ms('protection.watch_grace_ms'),
        retryAfterMs: values['exchange.retry_after_ms'] as readonly number[],
      },
      link: {
        heartbeatEveryMs: ms('link.heartbeat_ms'),
        heartbeatsMissedMs: ms('link.heartbeats_missed_ms'),
        roundTripMaxMs: ms('link.round_trip_max_ms'),
        silentMaxMs: ms('link.silent_max_ms'),
        clockSkewMaxMs: ms('link.clock_skew_max_ms'),
        resyncEveryMs: ms('link.resync_ms'),
        goodHeartbeats: ms('link.good_heartbeats'),
      },
      takeProfit: decimal('protection.take_profit'),
      catastrophicStop: decimal('protection.catastrophic_stop'),
      venue: {
        takeProfitOrders: values['protection.take_profit_orders'] as boolean,
        stopOrders: values['protection.stop_orders'] as boolean,
      },
      journalCapacity: ms('journal.capacity'),
    },
    decision: {
      proposalDelayMaxMs: ms('decision.proposal_delay_max_ms'),
      intentWaitMaxMs: ms('decision.intent_wait_max_ms'),
      permissionDelayMaxMs: ms('decision.permission_delay_max_ms'),
      outcomeWaitMaxMs: ms('decision.outcome_wait_max_ms'),
      exitRepeatMs: ms('decision.exit_repeat_ms'),
    },
    risk: checkRiskConfig({
      leverageTarget: ms('risk.leverage_target'),
      leverageMax: ms('risk.leverage_max'),
      symbolLeverageMax: ms('risk.symbol_leverage_max'),
      liquidationDistanceMin: ms('risk.liquidation_distance_min'),
      liquidationDistanceCritical: ms('risk.liquidation_distance_critical'),
      stopLossPct: limit('risk.stop_loss_pct'),
      lossBreaker: {
        consecutiveLossesMax: limit('risk.consecutive_losses_max'),
        lossPctMax: limit('risk.loss_pct_max'),
      },
    }),
    harness: { mode: values['harness.mode'] as HarnessSettings['mode'] },
    edge: {
      expectedWinRate: ms('risk.expected_win_rate'),
      actOnRegime: values['risk.act_on_regime'] as boolean,
    },
    feedLatencyMsMax: ms('risk.feed_latency_max_ms'),
    paper: {
      leverage: ms('paper.leverage'),
      makerFee: decimal('paper.maker_fee'),
      takerFee: decimal('paper.taker_fee'),
      liquidationFee: decimal('paper.liquidation_fee'),
      halfSpreadBps: decimal('paper.half_spread_bps'),
      displayedUsd: decimal('paper.displayed_usd'),
      queueAheadShare: decimal('paper.queue_ahead_share'),
      requestLatency: range('paper.request_latency_ms'),
      answerLatency: range('paper.answer_latency_ms'),
      streamLatency: range('paper.stream_latency_ms'),
      fundingRate: decimal('paper.funding_rate'),
    },
  }
}
