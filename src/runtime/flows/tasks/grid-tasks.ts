import type { CarriedBacktest } from '../../../core/backtest/backtest.js'
import { restoreCapital } from '../../../core/flows/restore-capital.js'
import { sayRefusal } from '../../../core/grid/document-check.js'
import { isoMs } from '../../../core/grid/iso-time.js'
import { GRID_MAPS, HEARTBEAT_KEYS, LATEST, POSTURE_REFERENCE, STATE_KEYS } from '../../../core/grid/names.js'
import { FLOW_STATE, SUPERVISED_STATE } from '../../../core/grid/trader-documents.js'
import { SAFETY } from '../../../core/grid/watch-documents.js'
import { GridUnavailable } from '../../../ports/grid.js'
import type { FlowName } from '../../../ports/vocabulary/flows.js'
import { FatalFlowError, type FlowTask } from '../flow-work.js'
import type { FlowParts } from './flow-parts.js'
import type { TaskOutputs } from './task-outputs.js'

/** Whether the grid answers. It changes nothing. */
export function probeGrid({ grid }: FlowParts): FlowTask {
  return async () => {
    await grid.map(GRID_MAPS.heartbeat).get(HEARTBEAT_KEYS.probe)
    return { output: { connection: grid.connection.state }, effects: [] }
  }
}

/** The posture that the survival service has published last, or what a person said. */
export function readPosture({ grid, posture }: FlowParts): FlowTask {
  return async () => {
    if (posture !== undefined) return { output: { posture, timestampMs: null }, effects: [] }
    const text = await grid
      .reference(POSTURE_REFERENCE)
      .get()
      .catch((error: unknown) => {
        if (error instanceof GridUnavailable) return undefined
        throw error
      })
    const known = text ?? (await grid.map(GRID_MAPS.safety).get(LATEST))
    if (known === undefined) {
      throw new Error(
        `expected a posture in ${GRID_MAPS.safety}, found none: run dolphin serve survival on this grid, or say one (--posture APEX)`,
      )
    }
    const reading = SAFETY.read(known)
    if ('refused' in reading) throw new Error(`${GRID_MAPS.safety}: ${sayRefusal(reading.refused)}`)
    const timestampMs = isoMs(reading.value.updated_at ?? '')
    if (timestampMs === undefined) {
      throw new Error(`${GRID_MAPS.safety}: updated_at: expected when it was made, found nothing`)
    }
    return { output: { posture: reading.value.posture, timestampMs }, effects: [] }
  }
}

/** Keys of a flow's states, and what they are. */
export const STATES = {
  'paper-day': { latest: STATE_KEYS.flow, dated: STATE_KEYS.run, document: FLOW_STATE },
  'supervised-day': { latest: STATE_KEYS.supervised, dated: STATE_KEYS.supervisedRun, document: SUPERVISED_STATE },
} as const

export type DayFlow = keyof typeof STATES

/** The capital that the date begins with. */
export function restoreCapitalTask(parts: FlowParts, flow: DayFlow): FlowTask {
  return async ({ date }) => {
    const { capital: override } = parts
    const { initialCapital, parametersHash } = parts.strategy()
    const states = await statesOf(parts, flow, date.stamp)
    const restored = restoreCapital(date.stamp, states, {
      initial: initialCapital,
      ...(override === undefined ? {} : { override }),
    })
    if (restored.kind === 'refused') {
      const { error, date: of, found } = restored
      const where = error === 'BAD_OVERRIDE' ? '--capital' : `the state of ${of} in ${stateMap(parts)}`
      const hint = error === 'BAD_STATE' ? `: mend it, or give --capital` : ''
      throw new FatalFlowError(
        `${error}: ${where}: expected a capital above zero, found ${JSON.stringify(found)}${hint}`,
      )
    }
    const { capital, from } = restored
    const state = states.find(({ date }) => date === from)
    if (flow === 'paper-day') {
      refuseOtherEngine(state?.value, { capital, parametersHash, of: `${from} in ${stateMap(parts)}` })
    }
    const peak = state?.peak ?? capital
    const output: TaskOutputs['restore_capital'] = { capital, from, peak: Math.max(peak, capital) }
    return { output, effects: [] }
  }
}

/**
 * The engine goes on with the capital and the parameters of its snapshot: where those are others than the date is to begin with, what
 * is recorded of the date would not be what was run.
 */
function refuseOtherEngine(
  state: Readonly<Record<string, unknown>> | undefined,
  { capital, parametersHash, of }: { readonly capital: number; readonly parametersHash: string; readonly of: string },
): void {
  const carried = (state?.engine_state ?? undefined) as CarriedBacktest | undefined
  if (state === undefined || carried === undefined) return
  const held = carried.engine?.capital
  if (held !== capital) {
    const message = `expected the capital of its engine_state (${held}), found ${capital}`
    throw new FatalFlowError(
      `BAD_STATE: the state of ${of}: ${message}: mend it, or set engine_state to null to begin anew with it`,
    )
  }
  if (state.param_hash !== undefined && state.param_hash !== parametersHash) {
    const message = `expected parameters ${String(state.param_hash)}, which it was run with, found ${parametersHash}`
    throw new FatalFlowError(
      `PARAMETERS_CHANGED: the state of ${of}: ${message}: put them back, or set engine_state to null to go on flat`,
    )
  }
}

function stateMap(parts: FlowParts): string {
  return GRID_MAPS.state(mapColour(parts))
}

export function mapColour({ colour }: FlowParts): 'BLUE' | 'GREEN' {
  return colour === 'blue' ? 'BLUE' : 'GREEN'
}

interface KnownState {
  readonly date: string
  readonly capital: unknown
  readonly peak?: number
  readonly value: Readonly<Record<string, unknown>>
}

/** The newest state before a date; of a grid that has none under a date of its own what it calls the latest. */
async function statesOf(parts: FlowParts, flow: DayFlow, date: string): Promise<readonly KnownState[]> {
  const map = parts.grid.map(GRID_MAPS.state(mapColour(parts)))
  const { latest, dated } = STATES[flow]
  const { strategy } = parts.strategy()
  const prefix = dated({ strategy, date: '' })
  const dates = (await map.keys())
    .filter((key) => key.startsWith(prefix) && DATE.test(key.slice(prefix.length)))
    .map((key) => key.slice(prefix.length))
    .filter((known) => known < date)
    .sort()
  const newest = dates.at(-1)
  const key = newest === undefined ? latest : dated({ strategy, date: newest })
  const text = await map.get(key)
  if (text === undefined) return []
  const value = parsed(text)
  const ofDate = newest ?? (typeof value.date === 'string' ? value.date : '')
  if (!DATE.test(ofDate)) return [{ date: '0000-00-00', capital: value.capital ?? null, value }]
  const peak = typeof value.peak_capital === 'number' ? { peak: value.peak_capital } : {}
  return [{ date: ofDate, capital: value.capital ?? null, value, ...peak }]
}

const DATE = /^\d{4}-\d{2}-\d{2}$/

/** What is no JSON has no capital. */
function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
  } catch {
    return {}
  }
}

/** What of the day before the engine goes on from: of the very state that the capital is of. */
export async function carriedFrom(parts: FlowParts, flow: FlowName, from: string): Promise<unknown> {
  if (flow !== 'paper-day' || !DATE.test(from)) return undefined
  const map = parts.grid.map(GRID_MAPS.state(mapColour(parts)))
  const { strategy } = parts.strategy()
  const keys = [STATE_KEYS.run({ strategy, date: from }), STATE_KEYS.flow]
  const texts = await map.getAll(keys)
  for (const key of keys) {
    const { date, engine_state } = parsed(texts.get(key) ?? '')
    if (date === from) return engine_state ?? undefined
  }
  return undefined
}
