import {
  build,
  decimal,
  each,
  fields,
  flag,
  having,
  listOf,
  matching,
  milliseconds,
  nullable,
  number,
  oneOf,
  optional,
  text,
} from '../../base/arguments.js'
import type { DecimalText } from '../../base/exact.js'
import type { HarnessMode } from '../../ports/vocabulary/harness.js'
import { INSTRUMENT, type Instrument } from '../../ports/vocabulary/instrument.js'
import { STATUS_REGISTRIES } from '../../ports/vocabulary/status.generated.js'
import { ASSUMPTION_SETTINGS, type AssumptionSettings } from '../assumptions/entry-safety.js'
import { CHAMPION_HASH } from '../engine/parameters.js'
import type { SkillImplementation } from '../harness/skill-call.js'
import { v1Skills } from '../harness/v1.js'
import { LINK_TIMINGS, type LinkTimings } from '../link/link-timings.js'
import type { Conditions } from '../mode/mode.js'
import { CHAMPION_RISK, RISK_CONFIG, type RiskConfig } from '../risk/risk-config.js'
import { MARKET_LIMITS, type MarketLimits } from './market-watch.js'

/** Sources of the numbers: docs/execution.md and the specification. All in ms. */
export interface DecisionTimings {
  /** A proposal whose record became durable later than this is dropped instead of sent. */
  readonly proposalDelayMaxMs: number
  /** A proposal that is not permitted by then is dropped. */
  readonly intentWaitMaxMs: number
  /** An intent is denied when its permission is not durable by then. */
  readonly permissionDelayMaxMs: number
  /** A permitted entry, or a reduction, of which nothing is known by then is dropped when truth knows nothing of it either. */
  readonly outcomeWaitMaxMs: number
  readonly exitRepeatMs: number
}

export const DECISION_TIMINGS: DecisionTimings = {
  proposalDelayMaxMs: 1000,
  intentWaitMaxMs: 2000,
  permissionDelayMaxMs: 450,
  outcomeWaitMaxMs: 30_000,
  exitRepeatMs: 1000,
}

export interface DecisionSettings {
  /** What is traded; a mandate for anything else is refused. */
  readonly instruments: readonly Instrument[]
  /** SHA-256 (16 hex digits) of the build that runs. */
  readonly build: string
  /**
   * 1 to 12 of `[A-Za-z0-9-]`: tells the journals of one account apart, for the ids of a new journal must not be those of
   * an earlier one. Bound to the journal, as the balance is.
   */
  readonly idPrefix: string
  /** USD: the wallet of the account when the journal begins. */
  readonly initialBalanceUsd: DecimalText
  /** SHA-256, 64 hex digits, of what else a new journal is bound to; its first record keeps it. Absent: nothing. */
  readonly boundTo?: string | undefined
  readonly risk: RiskConfig
  readonly harness: HarnessSettings
  readonly timings: DecisionTimings
  readonly link: LinkTimings
  readonly market: MarketLimits
  /** Until the host tells otherwise. */
  readonly conditions: Conditions
  /** Balance and equity may differ from the venue's by this fraction of the venue's. */
  readonly accountTolerance: DecimalText
  /** What is taken for granted and tested while it runs, and which components an entry needs. Absent: nothing. */
  readonly assumptions?: AssumptionSettings | undefined
}

/** The execution harness between the strategies' candidates and arbitration. */
export interface HarnessSettings {
  /** `live`: only a candidate that it releases goes on. `shadow`: what it would have done is written down, and nothing else. */
  readonly mode: HarnessMode
  /** Those of the graph v1, by id; absent: the shipped ones. @internal */
  readonly skills?: Readonly<Record<string, SkillImplementation>> | undefined
}

/** The defaults of everything but what a run must say itself. */
export const DECISION_DEFAULTS: Omit<DecisionSettings, 'instruments' | 'build' | 'idPrefix' | 'initialBalanceUsd'> = {
  risk: CHAMPION_RISK,
  harness: { mode: 'live' },
  timings: DECISION_TIMINGS,
  link: LINK_TIMINGS,
  market: MARKET_LIMITS,
  conditions: {
    environment: 'PAPER',
    championHash: CHAMPION_HASH,
    expectedChampionHash: CHAMPION_HASH,
    harnessViolated: false,
    certificate: 'MISSING',
    certificateExpiresAtMs: null,
    gridConnected: true,
    diskUsedPct: null,
    isLoopStalled: false,
  },
  accountTolerance: '0.001',
}

/** Of {@link DecisionSettings}, as somebody else's program gives them. */
export const DECISION_SETTINGS = fields<DecisionSettings>({
  // None where a journal is only read: what was traded stands in its records.
  instruments: listOf(INSTRUMENT),
  build,
  idPrefix: matching('1 to 12 letters, digits or hyphens', /^[A-Za-z0-9-]{1,12}$/),
  initialBalanceUsd: decimal('above zero'),
  boundTo: optional(matching('64 lower-case hex digits', /^[0-9a-f]{64}$/)),
  risk: RISK_CONFIG,
  harness: fields<HarnessSettings>({
    mode: oneOf('live', 'shadow'),
    skills: optional(each(v1Skills, having('a skill', 'run'))),
  }),
  timings: each(DECISION_TIMINGS, milliseconds),
  link: each(LINK_TIMINGS, milliseconds),
  market: each(MARKET_LIMITS, number({ min: 0 })),
  conditions: fields<Conditions>({
    environment: oneOf(...STATUS_REGISTRIES.deployment_environments),
    championHash: text,
    expectedChampionHash: text,
    harnessViolated: flag,
    certificate: oneOf(...STATUS_REGISTRIES.f1_cert_states),
    certificateExpiresAtMs: nullable(milliseconds),
    gridConnected: flag,
    diskUsedPct: nullable(number({ min: 0, max: 100 })),
    isLoopStalled: flag,
    isEdgeGone: optional(flag),
    regimeEvent: optional(oneOf('EVENT_DOMINANT', 'EVENT_LOCK')),
  }),
  accountTolerance: decimal('of zero or more'),
  assumptions: optional(ASSUMPTION_SETTINGS),
})
