import { readRecording } from '../../adapters/market-parquet/recording-file.js'
import { assert } from '../../base/assert.js'
import { InputMistake } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { observedView } from '../../core/analysis/observed-view.js'
import { neededObservation } from '../../core/strategy/needed-observation.js'
import type { MarketDataEvent } from '../../ports/market-data.js'
import type { ObservedView } from '../../ports/status-surface.js'
import type { BarObservation } from '../../ports/vocabulary/observation.js'
import { BarObserver, type ObservedBars } from '../../runtime/observation/bar-observer.js'
import { observedSteps } from '../../runtime/observation/observed-steps.js'
import type { SessionStep } from '../../runtime/session/session-steps.js'
import { plural } from '../shell/figures-text.js'
import { marketObserver } from './market-observer.js'
import { LIVE } from './observed-now.js'
import { openRecordedMarket, type RecordedMarket } from './recorded-market.js'
import type { PreparedRun } from './run-settings.js'

/** What the bars of a run are observed in. */
export interface ObservedRecording {
  /** What of it the strategy may look at, by a time, UTC ms, which never goes back. */
  observedBy(timestampMs: number): Promise<BarObservation | undefined>
  /** How the observation stands. */
  view(): ObservedView
  /** What a person should know once the run is over. */
  warnings(): readonly string[]
  close(): Promise<void>
}

/**
 * Opens the recording that a run's strategy observes; undefined where it observes nothing.
 *
 * @throws InputMistake where a strategy observes and nothing is named that it could; DataRefused for what is no recording.
 */
export async function observedRecording({ own, observe }: Observing): Promise<ObservedRecording | undefined> {
  refuseUnobserved(present({ own, observe }))
  if (own === undefined || observe === undefined) return undefined
  assert(observe !== LIVE, 'recorded bars are observed in a recording')
  const market = await openRecordedMarket({ path: observe })
  const observer = marketObserver({ symbols: market.symbols, books: market.facts.books })
  const bars = new BarObserver({
    observer,
    events: eventsOf(market),
    gaps: (await readRecording(observe))?.gaps ?? [],
  })
  return {
    async observedBy(timestampMs) {
      return neededObservation(await bars.at(timestampMs), [own.observation])
    },
    view: () => observedView(observer),
    warnings: () => unobservedText(observe, bars.counts),
    close: () => bars.close(),
  }
}

/** A run or a session: its strategy, and the folder of what that observes. */
type Observing = Pick<PreparedRun, 'own' | 'observe'>

async function* eventsOf(market: RecordedMarket): AsyncGenerator<MarketDataEvent, void, void> {
  for await (const told of market.told()) if (told.kind === 'events') yield* told.events
}

/** The steps of a session, with what its strategy observes. */
export function withObservations(
  steps: AsyncIterable<SessionStep>,
  observed: ObservedRecording | undefined,
): AsyncIterable<SessionStep> {
  return observed === undefined ? steps : observedSteps(steps, (timestampMs) => observed.observedBy(timestampMs))
}

/** A strategy that would see nothing would silently do nothing, and so would a recording that nobody looks at. */
export function refuseUnobserved({ own, observe }: Observing): void {
  const observes = own !== undefined && own.observation !== false
  if (observes === (observe !== undefined)) return
  if (observes) {
    throw new InputMistake(
      { place: '--observe', message: `expected a recorded market, which ${own.file} observes, found none` },
      { hint: 'dolphin observe --live --record <folder> records one, dolphin data synth --liquidations makes one up.' },
    )
  }
  const who = own === undefined ? 'the champion observes nothing' : `${own.file} does not observe`
  throw new InputMistake({ place: '--observe', message: `goes with a strategy that observes the market: ${who}` })
}

/** Of one bar nothing needs to be said: before the first event of a recording, that of its first second tells nothing. */
function unobservedText(path: string, { asked, unobserved, events }: ObservedBars): readonly string[] {
  if (unobserved <= 1) return []
  const when =
    events === undefined ? 'it tells of no time before' : `it tells of ${utc(events.firstMs)} to ${utc(events.lastMs)}`
  return [`--observe ${path}: nothing is known at ${unobserved} of ${plural(asked, 'bar')}: ${when}`]
}

function utc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
