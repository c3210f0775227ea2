import { Gauge, Registry } from 'prom-client'
import type { BooksView, ExchangeView, ObservedView, StatusSurface } from '../../ports/status-surface.js'
import type { AssumptionStatus, SystemRegime } from '../../ports/vocabulary/assumptions.js'
import { STATUS_REGISTRIES, type StatusDocument } from '../../ports/vocabulary/status.generated.js'
import { observedMetrics } from './observed-metrics.js'
import type { RefusalCount } from './refusals.js'

/** `/status` in the exposition format of Prometheus. Read when asked for: a gauge is never older than its document. */
export class StatusMetrics {
  private readonly registry = new Registry()
  /** Of the reading that is going on: one document for all its gauges, which then belong together. */
  private document: StatusDocument | undefined
  private observed: ObservedView | undefined

  constructor(
    private readonly surface: StatusSurface,
    refused: RefusalCount['totals'],
  ) {
    for (const name of GAUGES) {
      this.gauge(name, `${name} of /status; NaN while unknown`, (gauge) => gauge.set(this.now[name] ?? Number.NaN))
    }
    this.oneHot('trading_mode', STATUS_REGISTRIES.trading_modes)
    this.oneHot('posture', STATUS_REGISTRIES.postures)
    this.oneHot('link_state', STATUS_REGISTRIES.link_states)
    this.oneHot('f1_cert_state', STATUS_REGISTRIES.f1_cert_states)
    this.gauge('open_permission_blocked_latch', '1 while nothing may open until a reconciliation', (gauge) =>
      gauge.set(this.now.open_permission_blocked_latch ? 1 : 0),
    )
    this.gauge(
      'mode_reason',
      '1 for every reason in force',
      (gauge) => {
        const inForce: readonly string[] = this.now.mode_reasons
        for (const { code } of STATUS_REGISTRIES.mode_reasons) {
          gauge.set({ reason: code }, inForce.includes(code) ? 1 : 0)
        }
      },
      ['reason'],
    )
    this.gauge('realized_capital_usd', 'realised capital of the session', (gauge) =>
      gauge.set(Number(surface.session().realizedCapitalUsd)),
    )
    for (const [name, help] of EXCHANGE_GAUGES) {
      this.gauge(
        `exchange_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
        help,
        (gauge) => {
          for (const view of surface.session().exchange ?? [])
            gauge.set({ connection: view.connection }, view[name] ?? Number.NaN)
        },
        ['connection'],
      )
    }
    for (const [name, help] of BOOKS_GAUGES) {
      this.gauge(`books_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`, help, (gauge) => {
        const { books } = surface.session()
        if (books !== undefined) gauge.set(books[name] ?? Number.NaN)
      })
    }
    this.health()
    observedMetrics(this.registry, () => this.observed)
    this.gauge(
      'http_turned_away',
      'requests and connections that this server has turned away since its start',
      (gauge) => {
        for (const [why, count] of Object.entries(refused)) gauge.set({ why }, count)
      },
      ['why'],
    )
  }

  get contentType(): string {
    return this.registry.contentType
  }

  private get now(): StatusDocument {
    this.document ??= this.surface.status()
    return this.document
  }

  text(): Promise<string> {
    this.document = this.surface.status()
    this.observed = this.surface.observed?.()
    return this.registry.metrics()
  }

  private health(): void {
    const { surface } = this
    this.gauge(
      'assumptions',
      'assumptions by how they stand',
      (gauge) => {
        const { assumptions } = surface.session().health ?? {}
        if (assumptions === undefined) return
        for (const status of ASSUMPTION_STATUSES)
          gauge.set({ status }, assumptions.filter((each) => each.status === status).length)
      },
      ['status'],
    )
    this.gauge(
      'component_unsafe',
      '1 for every component that relies on what does not hold',
      (gauge) => {
        for (const { component, safety } of surface.session().health?.components ?? [])
          gauge.set({ component }, safety === 'UNSAFE' ? 1 : 0)
      },
      ['component'],
    )
    this.gauge(
      'system_regime',
      '1 for what the trades make of the system',
      (gauge) => {
        const { systemRegime } = surface.session().health ?? {}
        if (systemRegime === undefined) return
        for (const value of SYSTEM_REGIMES) gauge.set({ value }, value === systemRegime.regime ? 1 : 0)
      },
      ['value'],
    )
    this.gauge(
      'parameter_drift',
      'how far the observed mean is from the calibrated one, a fraction; NaN while unknown',
      (gauge) => {
        for (const { name, driftPct } of surface.session().health?.parameters ?? [])
          gauge.set({ parameter: name }, driftPct ?? Number.NaN)
      },
      ['parameter'],
    )
  }

  private gauge(name: string, help: string, collect: (gauge: Gauge) => void, labelNames: string[] = []): void {
    new Gauge({
      name: `dolphin_${name}`,
      help,
      labelNames,
      registers: [this.registry],
      collect() {
        collect(this)
      },
    })
  }

  /** One series per word, 1 for the one in force: what alerts are written against. */
  private oneHot(name: 'trading_mode' | 'posture' | 'link_state' | 'f1_cert_state', words: readonly string[]): void {
    const collect = (gauge: Gauge) => {
      const inForce = this.now[name]
      for (const value of words) gauge.set({ value }, value === inForce ? 1 : 0)
    }
    this.gauge(name, `1 for the ${name} in force`, collect, ['value'])
  }
}

/** Of each connection to an exchange. */
const EXCHANGE_GAUGES = [
  ['weightUsed', 'request weight that the address has used in this minute'],
  ['weightLimit', 'request weight that it may use in a minute'],
  ['ordersUsed', 'orders of the account in this minute'],
  ['ordersLimit', 'orders that it may place in a minute'],
  ['bannedUntilMs', 'UTC ms until which the exchange answers nothing; NaN: it does'],
  ['clockOffsetMs', 'clock of the exchange less that of this machine'],
  ['dataAgeMs', 'ms since prices, or the stream of the account, last said anything'],
] as const satisfies readonly (readonly [keyof ExchangeView, string])[]

/** Of the order books that decide. */
const BOOKS_GAUGES = [
  ['connections', 'connections that order books come over'],
  ['known', 'contracts whose order book was known at the last closed bar'],
  ['followed', 'contracts whose order books are followed'],
  ['barAgeMs', 'ms since the last bar of the order books ended'],
] as const satisfies readonly (readonly [keyof BooksView, string])[]

const ASSUMPTION_STATUSES: readonly AssumptionStatus[] = ['UNTESTED', 'VALID', 'WARNING', 'INVALID', 'EXPIRED']
const SYSTEM_REGIMES: readonly SystemRegime[] = [
  'UNKNOWN',
  'EDGE_PRESENT',
  'EDGE_DECAYING',
  'EDGE_GONE',
  'REGIME_CHANGE',
]

/** Numbers of the document → gauges of the same name. */
const GAUGES = [
  'uptime_s',
  'risk_multiplier',
  'link_age_ms',
  'ws_event_lag_ms',
  'last_scan_number',
  'last_scan_age_ms',
  'loop_lag_ms',
  'wal_queue_depth',
  'wal_queue_capacity',
  'wal_enqueue_failures',
  'open_position_count',
  'naked_exposure_events_24h',
  'drawdown_pct',
  'http_429_count_5m',
  'session_terminations_5m',
  'disk_used_pct',
  'margin_util',
] as const
