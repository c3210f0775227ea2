import { DVOL_START, watchDvol } from '../../src/core/survival/dvol-watch.js'
import { type BookFigures, cat3Inputs, type SurvivalFacts, survivalInput } from '../../src/core/survival/sensors.js'
import { SURVIVAL_START, step } from '../../src/core/survival/survival.js'
import type { ForewarnerStatus } from '../../src/ports/vocabulary/trades.js'

/** `cat3_inputs` of the market vectors. */
export function cat3InputsCase(args: unknown): unknown {
  const { figures, ...rest } = args as { figures: FigureRow[]; traded: number; barAgeMs: number; stepMs: number }
  const inputs = cat3Inputs({ ...rest, figures: figures.map(figuresOf) })
  return inputs.stale
    ? { obStale: true, depth: null, fill: null }
    : { obStale: false, depth: inputs.depth, fill: inputs.fill }
}

/** `survival` of the market vectors: what is known, and an answer per update. */
export function survivalCase(args: unknown): unknown {
  let facts: SurvivalFacts = { dvol: DVOL_START }
  let state = SURVIVAL_START
  const answers: unknown[] = []
  for (const event of (args as { events: SurvivalEvent[] }).events) {
    switch (event.type) {
      case 'forewarner':
        facts = { ...facts, forewarner: { status: event.status, reportedAtMs: event.nowMs } }
        break
      case 'value':
        facts = { ...facts, dvol: watchDvol(facts.dvol, event) }
        break
      case 'books':
        facts = { ...facts, books: event.traded === 0 ? 'none' : { ...event, figures: event.figures.map(figuresOf) } }
        break
      case 'update': {
        const { nowMs, hzNodes, heartbeatAgeS, capital: capitalUsd, peak: peakUsd } = event
        state = step(state, survivalInput(facts, { nowMs, hzNodes, heartbeatAgeS, capitalUsd, peakUsd }))
        facts = { ...facts, updatedAtMs: nowMs }
        const { categories, target, riskMultiplier, level } = state.reading!
        const { invariant, structural, microstructure, environment, capital } = categories
        const cat = [invariant, structural, microstructure, environment, capital]
        answers.push({ cat, r: target, rm: riskMultiplier, level, posture: state.posture })
      }
    }
  }
  return answers
}

type FigureRow = readonly [depthQuality: number | null, fillQuality: number | null] | null

type SurvivalEvent =
  | { type: 'forewarner'; nowMs: number; status: ForewarnerStatus }
  | { type: 'value'; nowMs: number; source: 'dvol'; atMs: number; value: number }
  | { type: 'books'; nowMs: number; barMs: number; stepMs: number; traded: number; figures: FigureRow[] }
  | { type: 'update'; nowMs: number; hzNodes: number; heartbeatAgeS: number; capital: number; peak: number }

function figuresOf(row: FigureRow): BookFigures {
  return { depthQuality: row?.[0] ?? undefined, fillQuality: row?.[1] ?? undefined }
}
