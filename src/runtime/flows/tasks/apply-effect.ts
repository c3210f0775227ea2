import { canonicalJson } from '../../../base/canonical-json.js'
import type { GridDocument } from '../../../core/grid/document.js'
import { FOREWARNER } from '../../../core/grid/feature-documents.js'
import { DAILY_RESULT } from '../../../core/grid/trader-documents.js'
import { FLOW_HEARTBEAT } from '../../../core/grid/watch-documents.js'
import type { GridMap } from '../../../ports/grid.js'
import { FatalFlowError, type FlowEffect } from '../flow-work.js'
import type { FlowParts } from './flow-parts.js'
import { type DayFlow, STATES } from './grid-tasks.js'

/** Makes a change that a task gave back: once by its key, and never over what is of a later date. */
export async function applyEffect(parts: FlowParts, effect: FlowEffect): Promise<void> {
  const { name, key, atMs } = effect
  const updated = { updated_at: new Date(atMs).toISOString(), effect_key: key }
  switch (name) {
    case 'pnl': {
      const { map, key: at, document } = effect.payload as Put
      return putOnce(parts.grid.map(map), at, DAILY_RESULT, { ...document, ...updated })
    }
    case 'state': {
      const {
        map,
        key: at,
        document,
        flow,
        latest,
      } = effect.payload as Put & {
        readonly flow: DayFlow
        readonly latest: string
      }
      const states = parts.grid.map(map)
      const state = { ...document, ...updated }
      await putOnce(states, at, STATES[flow].document, state)
      const newest = parsed(await states.get(latest))
      if (typeof newest.date === 'string' && newest.date > String(document.date)) return
      return states.set(latest, writer(STATES[flow].document)(state))
    }
    case 'heartbeat': {
      const { map, key: at, date, flow } = effect.payload as Beat
      const ts = { ts: atMs / 1_000, iso: new Date(atMs).toISOString() }
      return parts.grid.map(map).set(at, FLOW_HEARTBEAT.write({ ...ts, run_date: date, phase: 'flow_end', flow }))
    }
    case 'line':
      return parts.logLine({ ...(effect.payload as Readonly<Record<string, unknown>>), effect_key: key })
    case 'report':
      return putReport(parts, effect)
    default:
      throw new FatalFlowError(`expected an effect of a flow, found ${name}`)
  }
}

interface Put {
  readonly map: string
  readonly key: string
  readonly document: Readonly<Record<string, unknown>>
}

interface Beat {
  readonly map: string
  readonly key: string
  readonly date: string
  readonly flow: string
}

/** What is there under the same effect key was written before, and must say the same. */
async function putOnce(
  map: GridMap,
  key: string,
  document: Written,
  value: Readonly<Record<string, unknown>>,
): Promise<void> {
  const there = parsed(await map.get(key))
  if (there.effect_key !== value.effect_key) return map.set(key, writer(document)(value))
  const [before, now] = [there, value].map(withoutTime)
  if (before === now) return
  throw new FatalFlowError(
    `${map.name}[${key}]: expected what this date came to before, found another result: were its data or its configuration changed? Remove the key to write it anew`,
  )
}

function withoutTime({ updated_at: _, ...rest }: Readonly<Record<string, unknown>>): string {
  return canonicalJson(rest)
}

async function putReport(parts: FlowParts, { key, atMs, date, payload }: FlowEffect): Promise<void> {
  const { map, key: at, document } = payload as Put
  const text = writer(FOREWARNER)({ ...document, timestamp: new Date(atMs).toISOString(), effect_key: key })
  await parts.report(`forewarner-${date.colour}-${date.stamp}.json`, `${text}\n`)
  const features = parts.grid.map(map)
  const newest = parsed(await features.get(at))
  if (typeof newest.slot === 'string' && newest.slot > date.stamp) return
  await features.set(at, text)
}

/** A document whose value is checked when it is written. */
type Written = Pick<GridDocument<never, unknown>, 'write'>

/** Documents that come out of JSON are checked when they are written. */
function writer(document: Written): (value: unknown) => string {
  return (value) => document.write(value as never)
}

function parsed(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {}
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
  } catch {
    return {}
  }
}
