import { found } from '../../base/mistakes.js'
import type { HarnessBundle, HarnessRegime, OrderProvenance } from '../../ports/vocabulary/harness.js'
import type { FactorLayer } from './factor-layer.js'
import { shapeDifference } from './skill-result.js'
import type { SkillFinding } from './violations.js'

/** What an order is measured against: the state itself, whatever the skill says of it. */
export interface OrderState {
  readonly bundle: HarnessBundle
  readonly factor: FactorLayer
  readonly nowMs: number
  /** Older state permits nothing. */
  readonly maxStalenessMs: number
}

/** Below it neither a belief nor an undefined regime is acted on. */
export const MIN_CONVICTION = 0.5

/**
 * What an order was caught at, all of it. An order that says nothing of where it comes from is no declared output; one that names what no
 * layer has given goes round the layer; one that no permission was given for goes round the factor layer; and one against a denial, a
 * blocked regime, a threshold or the age of the state overrides whoever said so. Source: execution harness contract §5, §7; spec "v1".
 */
export function orderFindings(payload: unknown, state: OrderState): readonly SkillFinding[] {
  const order = provenanceOf(payload)
  if (typeof order === 'string') return [{ violation: 'UNDECLARED_OUTPUT', message: order }]
  return [...layersBypassed(order, state.bundle), ...overridden(order, state), ...permissionBypassed(order, state)]
}

/** The regime says that nobody plays: nothing may be opened in it. Source: execution harness contract §6, T2. */
export function isBlocked(regime: Pick<HarnessRegime, 'behavior' | 'confidence'>): boolean {
  return regime.behavior === 'EVENT_LOCK' || (regime.behavior === 'UNDEFINED' && regime.confidence < MIN_CONVICTION)
}

const NAMES = ['beliefId', 'signalId', 'regimeStateId', 'permission'] as const

function provenanceOf(payload: unknown): OrderProvenance | string {
  const fields = Object(payload) as Readonly<Record<string, unknown>>
  for (const name of NAMES) {
    const difference = shapeDifference('string', fields[name] ?? null, `an order's ${name}`)
    if (difference !== undefined) return difference
  }
  return fields as unknown as OrderProvenance
}

function layersBypassed(order: OrderProvenance, { regime, signals, beliefs }: HarnessBundle): SkillFinding[] {
  const messages: string[] = []
  const belief = beliefs?.beliefs.find(({ beliefId }) => beliefId === order.beliefId)
  const signal = signals?.signals.find(({ signalId }) => signalId === order.signalId)
  if (regime?.stateId !== order.regimeStateId)
    messages.push(`the regime ${found(order.regimeStateId)} is not the state's`)
  if (belief === undefined) messages.push(`no layer has the belief ${found(order.beliefId)}`)
  if (signal === undefined) messages.push(`no layer has the signal ${found(order.signalId)}`)
  if (belief !== undefined && belief.signalId !== order.signalId)
    messages.push(`the belief ${found(order.beliefId)} is not of the signal ${found(order.signalId)}`)
  if (signal !== undefined && signal.regimeStateId !== order.regimeStateId)
    messages.push(`the signal ${found(order.signalId)} is not of the regime ${found(order.regimeStateId)}`)
  return messages.map((message) => ({ violation: 'LAYER_BYPASS', message }))
}

function overridden(order: OrderProvenance, { bundle, factor, nowMs, maxStalenessMs }: OrderState): SkillFinding[] {
  const messages: string[] = []
  const { regime, signals, beliefs } = bundle
  const belief = beliefs?.beliefs.find(({ beliefId }) => beliefId === order.beliefId)
  if (regime && isBlocked(regime)) messages.push(`the regime ${regime.behavior} is blocked`)
  if (belief !== undefined && belief.conviction < MIN_CONVICTION)
    messages.push(`the conviction ${belief.conviction} is below ${MIN_CONVICTION}`)
  for (const object of [bundle, regime, bundle.factor, signals, beliefs])
    if (object && nowMs - object.timestampMs > maxStalenessMs)
      messages.push(`its state is older than ${maxStalenessMs} ms`)
  if (factor.permissionId === null) messages.push('the factor layer is silent, which denies everything')
  for (const permission of belief?.permissions ?? [])
    if (bundle.factor?.permitted[permission] === false) messages.push(`the factor layer denies ${permission}`)
  return messages.map((message) => ({ violation: 'OVERRIDE', message }))
}

/** What nobody has denied, and nobody has given either. */
function permissionBypassed(order: OrderProvenance, { bundle, factor }: OrderState): SkillFinding[] {
  const messages: string[] = []
  if (factor.permissionId !== null && order.permission !== factor.permissionId)
    messages.push(`its permission ${found(order.permission)} is not ${found(factor.permissionId)}`)
  const belief = bundle.beliefs?.beliefs.find(({ beliefId }) => beliefId === order.beliefId)
  for (const permission of belief?.permissions ?? [])
    if (!factor.permitted[permission] && factor.voice === 'SPOKEN' && bundle.factor?.permitted[permission] !== false)
      messages.push(`nobody has given the permission ${permission}`)
  return messages.map((message) => ({ violation: 'PERMISSION_BYPASS', message }))
}
