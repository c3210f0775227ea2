import { fields, nullable, number, oneOf } from '../../base/arguments.js'
import type { Direction } from '../../ports/vocabulary/market.js'
import type { PrimitiveName, SupplyDemandZone } from '../../ports/vocabulary/primitives.js'
import { isHeld, NO_MANDATES, type Policy, type PolicyAnswer, type PolicyInput } from './policy.js'

/**
 * EP2-GEOMETRY-V1: enters where a zone of liquidations was left and come back to, from demand long and from supply short; leaves
 * once the zone is gone, has moved, or was broken through, three snapshots running. A zone is entered on once: for another entry
 * it must have been unconfirmed, or another zone, in between. Source: spec, "External policies".
 */
export const geometry: Policy<GeometryState> = Object.freeze({
  id: 'EP2-GEOMETRY-V1',
  initial: Object.freeze({ zone: null, broken: 0 }),
  stateCheck: (value: unknown, path: string) => GEOMETRY_STATE(value, path),

  evaluate(state: GeometryState, input: PolicyInput): PolicyAnswer<GeometryState> {
    const { snapshot, market, position } = input
    if (snapshot.status === 'FAILED') return { state, mandates: NO_MANDATES }
    const { supplyDemandZone: zone } = snapshot.primitives
    if (isHeld(input)) return managed(state, zone, market.price)
    if (position !== undefined) return { state, mandates: NO_MANDATES }
    if (zone === undefined || !isConfirmed(zone)) return { state: NOTHING, mandates: NO_MANDATES }
    if (state.zone !== null && !hasMoved(state.zone, zone)) return { state, mandates: NO_MANDATES }
    const { zoneType: type, zoneLow: low, zoneHigh: high } = zone
    const direction: Direction = type === 'demand' ? 1 : -1
    const reason = type === 'demand' ? 'DEMAND_ZONE' : 'SUPPLY_ZONE'
    return { state: { zone: { type, low, high }, broken: 0 }, mandates: [{ type: 'ENTRY', direction, reason }] }
  },
})

/** Of one symbol, plain JSON. */
export interface GeometryState {
  /** As it was when it was entered on; null: none is. */
  readonly zone: EnteredZone | null
  /** Snapshots running in which it does not hold any more. */
  readonly broken: number
}

export interface EnteredZone {
  readonly type: SupplyDemandZone['zoneType']
  readonly low: number
  readonly high: number
}

/** What is read here: the others need be neither made nor kept for it. */
export const GEOMETRY_PRIMITIVES = ['supplyDemandZone'] as const satisfies readonly PrimitiveName[]

const NOTHING: GeometryState = Object.freeze({ zone: null, broken: 0 })

const GEOMETRY_STATE = fields<GeometryState>({
  zone: nullable(
    fields<EnteredZone>({ type: oneOf('supply', 'demand'), low: number({ above: 0 }), high: number({ above: 0 }) }),
  ),
  broken: number({ min: 0, integer: true }),
})

const CONFIRMED = { retestsMin: 1, nodesMin: 3, meanStrengthMin: 0.3 }
/** Of the zone's width, from which on its bounds are said to have moved. */
const MOVED_SHARE_MIN = 0.1
/** Widths beyond it. */
const BROKEN_WIDTHS = 1
const BROKEN_SNAPSHOTS = 3

function isConfirmed({
  displacementDetected,
  retestCount = 0,
  nodeCount,
  avgNodeStrength,
  zoneWidth,
}: SupplyDemandZone) {
  return (
    displacementDetected &&
    retestCount >= CONFIRMED.retestsMin &&
    nodeCount >= CONFIRMED.nodesMin &&
    avgNodeStrength >= CONFIRMED.meanStrengthMin &&
    zoneWidth > 0
  )
}

function managed(
  state: GeometryState,
  zone: SupplyDemandZone | undefined,
  price?: number,
): PolicyAnswer<GeometryState> {
  const { zone: entered, broken: before } = state
  // A position whose zone nobody knows is one that this policy has not entered.
  if (entered === null) return { state, mandates: [{ type: 'EXIT', reason: 'ZONE_UNKNOWN' }] }
  const why = whyBroken(entered, zone, price)
  const broken = why === undefined ? 0 : Math.min(before + 1, BROKEN_SNAPSHOTS)
  const next = { zone: entered, broken }
  if (why === undefined || broken < BROKEN_SNAPSHOTS) return { state: next, mandates: NO_MANDATES }
  return { state: next, mandates: [{ type: 'EXIT', reason: why }] }
}

function whyBroken(entered: EnteredZone, zone: SupplyDemandZone | undefined, price?: number): string | undefined {
  const { type, low, high } = entered
  const reach = BROKEN_WIDTHS * (high - low)
  const isThrough = price !== undefined && (type === 'demand' ? price < low - reach : price > high + reach)
  if (isThrough) return 'ZONE_BROKEN'
  if (zone === undefined) return 'ZONE_GONE'
  return hasMoved(entered, zone) ? 'ZONE_MOVED' : undefined
}

/** Also into another one: the zone that is observed is the one with most volume, whichever that is. */
function hasMoved({ type, low, high }: EnteredZone, zone: SupplyDemandZone): boolean {
  const moved = Math.max(Math.abs(zone.zoneLow - low), Math.abs(zone.zoneHigh - high))
  return zone.zoneType !== type || moved >= MOVED_SHARE_MIN * (high - low)
}
