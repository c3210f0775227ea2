import { Counter, Gauge, Registry } from 'prom-client'
import type { FlowKey, FlowOutcome, FlowRow } from '../../ports/vocabulary/flows.js'

/** What is known of a flow of a configuration, by the ledger: the same whichever process is asked. */
export interface FlowReading extends FlowKey {
  /** The newest date, whatever became of it; null: none was ever begun. */
  readonly last: FlowRow | null
  /** Of the newest date that is done; null: none is. */
  readonly lastDone: FlowRow | null
  /** Due, and not done. */
  readonly due: readonly string[]
  /** Never done, and too old to be run by itself. */
  readonly expired: readonly string[]
  /** Failed as often as it may. */
  readonly exhausted: readonly string[]
}

/** Flows in the exposition format of Prometheus, read when it is asked for. */
export class FlowMetrics {
  private readonly registry = new Registry()
  private readings: readonly FlowReading[] = []
  private readonly outcomes: Counter

  constructor(
    private readonly read: () => Promise<readonly FlowReading[]>,
    epochMs: () => number,
  ) {
    this.gauge(
      'last_success_age_seconds',
      'since the newest date that is done was done; none before the first',
      (of) => (of.lastDone === null ? undefined : (epochMs() - of.lastDone.atMs) / 1_000),
    )
    this.gauge('last_duration_seconds', 'of the newest run that ended well', ({ lastDone }) =>
      lastDone === null || lastDone.startedAtMs === null ? undefined : (lastDone.atMs - lastDone.startedAtMs) / 1_000,
    )
    this.gauge('failed', '1 while the last run of the newest date failed', ({ last }) =>
      last?.status === 'FAILED' ? 1 : 0,
    )
    this.gauge('running', '1 while a run is on, or was interrupted', ({ last }) => (last?.status === 'RUNNING' ? 1 : 0))
    this.gauge('due_dates', 'dates that are due and not done', ({ due }) => due.length)
    this.gauge('missed_dates', 'dates that were never done and are too old to be run by themselves', ({ expired }) => {
      return expired.length
    })
    this.gauge('exhausted_dates', 'dates that failed as often as they may', ({ exhausted }) => exhausted.length)
    this.outcomes = new Counter({
      name: 'dolphin_flow_runs_total',
      help: 'runs that ended in this process, by how',
      labelNames: [...LABELS, 'outcome'],
      registers: [this.registry],
    })
  }

  get contentType(): string {
    return this.registry.contentType
  }

  /** A run ended in this process. */
  ended({ flow, colour }: FlowKey, outcome: Exclude<FlowOutcome, 'DRY_RUN'>): void {
    this.outcomes.inc({ flow, colour, outcome })
  }

  async text(): Promise<string> {
    this.readings = await this.read()
    return this.registry.metrics()
  }

  /** @param figure undefined: there is none. */
  private gauge(name: string, help: string, figure: (of: FlowReading) => number | undefined): void {
    const look = () => this.readings
    new Gauge({
      ...{ name: `dolphin_flow_${name}`, help, labelNames: LABELS, registers: [this.registry] },
      collect() {
        this.reset()
        for (const reading of look()) {
          const value = figure(reading)
          if (value !== undefined) this.set({ flow: reading.flow, colour: reading.colour }, value)
        }
      },
    })
  }
}

const LABELS = ['flow', 'colour']
