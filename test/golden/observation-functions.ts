import { plainSnapshot } from '../../src/core/observation/canonical-snapshot.js'
import { Observation } from '../../src/core/observation/observation.js'

type Step =
  | { readonly op: 'ingest'; readonly event: unknown }
  | { readonly op: 'advance'; readonly tMs: number }
  | { readonly op: 'snapshot' }

/** What an observation answers to a script, in order; an advance answers nothing. */
export function systemCase([symbols, script]: readonly [symbols: readonly string[], script: readonly Step[]]): unknown {
  const observation = new Observation({ symbols })
  return script.flatMap((step) => {
    switch (step.op) {
      case 'ingest':
        return [observation.ingest(step.event)]
      case 'advance':
        observation.advanceTime(step.tMs)
        return []
      default:
        return [snapshotAsInCases(observation)]
    }
  })
}

/** With the nodes that only queries tell of, and without the numbers and counts that the cases know nothing of. */
function snapshotAsInCases(observation: Observation): unknown {
  const { counters, promotedEvents, ...snapshot } = plainSnapshot(observation.snapshot())
  const { noted: _, ...counted } = counters
  return {
    ...snapshot,
    counters: counted,
    promotedEvents: promotedEvents.map(({ seq: _, ...promoted }) => promoted),
    nodes: Object.fromEntries(
      Object.keys(snapshot.primitives).map((symbol) => [
        symbol,
        observation
          .query()
          .nodes(symbol, snapshot.timestampMs!)
          .map(({ presenceMs: _, ...node }) => node),
      ]),
    ),
  }
}
