import { present } from '../../base/present.js'
import type { BarObservation } from '../../ports/vocabulary/observation.js'
import type { SessionStep } from '../session/session-steps.js'

/** The steps of a session, each bar with what had been observed by then. */
export async function* observedSteps(
  steps: AsyncIterable<SessionStep>,
  observedBy: (timestampMs: number) => Promise<BarObservation | undefined>,
): AsyncGenerator<SessionStep, void, void> {
  for await (const step of steps) {
    const observation = await observedBy(step.bar.timestampMs)
    yield { ...step, bar: { ...step.bar, ...present({ observation }) } }
  }
}
