import { Counter, Gauge, type Registry } from 'prom-client'
import type { ObservedView } from '../../ports/status-surface.js'

/**
 * What an observation has taken, refused and left out, in the exposition format of Prometheus: wherever a market is observed, nothing
 * is lost that is not counted. Read when it is asked for; undefined: nothing is observed.
 */
export function observedMetrics(registry: Registry, look: () => ObservedView | undefined): void {
  const counter = (name: string, help: string, of: (view: ObservedView) => Counts, labels: readonly string[]): void => {
    new Counter({
      ...{ name: `dolphin_observation_${name}`, help, labelNames: [...labels], registers: [registry] },
      /** Counted elsewhere since the start: set anew at each reading. */
      collect() {
        this.reset()
        const view = look()
        if (view === undefined) return
        for (const [key, amount] of Object.entries(of(view))) this.inc(labelled(labels, key), amount)
      },
    })
  }
  counter('accepted_total', 'events that were taken, by kind', ({ counters }) => counters.accepted, ['kind'])
  counter('refused_total', 'events that were refused, by kind and reason', ({ counters }) => counters.refused, [
    'kind',
    'reason',
  ])
  counter('evicted_total', 'what left memory or found no place in it, by why', ({ counters }) => counters.evicted, [
    'why',
  ])
  counter('noted_total', 'what else was found of events, by what', ({ counters }) => counters.noted, ['what'])
  counter('left_out_total', 'frames and figures that the analysis left out, by what', ({ leftOut }) => leftOut, [
    'what',
  ])
  new Gauge({
    ...{ name: 'dolphin_observation_status', help: '1 for the status in force', labelNames: ['value'] },
    registers: [registry],
    collect() {
      this.reset()
      const view = look()
      if (view === undefined) return
      for (const value of ['UNINITIALIZED', 'FAILED'] as const) this.set({ value }, value === view.status ? 1 : 0)
    },
  })
  new Gauge({
    name: 'dolphin_observation_snapshot_time_ms',
    help: 'time of the last advance, UTC ms of the exchange; NaN before',
    registers: [registry],
    collect() {
      this.set(look()?.timestampMs ?? Number.NaN)
    },
  })
}

type Counts = Readonly<Record<string, number>>

/** `TRADE:DUPLICATE` is a kind and a reason. */
function labelled(labels: readonly string[], key: string): Record<string, string> {
  const values = labels.length === 1 ? [key] : key.split(':')
  return Object.fromEntries(labels.map((label, i) => [label, values[i] ?? '']))
}
