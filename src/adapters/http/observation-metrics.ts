import { Counter, Gauge, Registry } from 'prom-client'
import type { ObservationView } from './observation-view.js'
import { observedMetrics } from './observed-metrics.js'

/** An observation in the exposition format of Prometheus, read when it is asked for. */
export class ObservationMetrics {
  private readonly registry = new Registry()
  /** Of the reading that is going on: one for all its figures, which then belong together. */
  private view: ObservationView

  constructor(private readonly look: () => ObservationView) {
    this.view = look()
    observedMetrics(this.registry, () => ({ ...this.view.snapshot, leftOut: this.view.leftOut }))
    this.counter(
      'malformed_total',
      'messages that could not be read, by what they claimed to be',
      ['what'],
      (counter) => {
        for (const [what, amount] of Object.entries(this.view.market.malformed)) counter.inc({ what }, amount)
      },
    )
    this.counter('reconnects_total', 'sockets opened beyond the first, by why', ['why'], (counter) => {
      for (const [why, amount] of Object.entries(this.view.market.reconnects)) counter.inc({ why }, amount)
    })
    this.counter('trades_left_out_total', 'trades that are told by nobody, by why', ['why'], (counter) => {
      const { repeated, missed } = this.view.market.trades
      counter.inc({ why: 'repeated' }, repeated)
      counter.inc({ why: 'missed' }, missed)
    })
    this.gauge('advances', 'advances since the start', [], (gauge) => gauge.set(this.view.advances))
    this.gauge('symbols', 'contracts that are followed', [], (gauge) => gauge.set(this.view.followed))
    this.gauge('regime', '1 for the regime of each symbol', ['symbol', 'value'], (gauge) => {
      for (const [symbol, regime] of Object.entries(this.view.regimes))
        for (const value of REGIMES) gauge.set({ symbol, value }, value === regime ? 1 : 0)
    })
    this.gauge('recorded_rows', 'rows of the recording, by whether they are written', ['state'], (gauge) => {
      const { recording } = this.view
      if (recording === undefined) return
      gauge.set({ state: 'written' }, recording.written)
      gauge.set({ state: 'waiting' }, recording.waiting)
    })
  }

  get contentType(): string {
    return this.registry.contentType
  }

  text(): Promise<string> {
    this.view = this.look()
    return this.registry.metrics()
  }

  private gauge(name: string, help: string, labelNames: string[], collect: (gauge: Gauge) => void): void {
    new Gauge({
      ...{ name: `dolphin_observation_${name}`, help, labelNames, registers: [this.registry] },
      collect() {
        this.reset()
        collect(this)
      },
    })
  }

  /** Counted elsewhere since the start: set anew at each reading. */
  private counter(name: string, help: string, labelNames: string[], collect: (counter: Counter) => void): void {
    new Counter({
      ...{ name: `dolphin_observation_${name}`, help, labelNames, registers: [this.registry] },
      collect() {
        this.reset()
        collect(this)
      },
    })
  }
}

const REGIMES = ['TRENDING', 'RANGING', 'VOLATILE', 'UNKNOWN'] as const
