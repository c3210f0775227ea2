import type { EntryMode } from '../../src/core/examples/cascade-sniper.js'
import {
  CascadeSniper,
  entered,
  step,
  TRIGGER_ELSEWHERE_USD,
  TRIGGERS_USD,
} from '../../src/core/examples/cascade-sniper.js'
import { sniperReading } from '../../src/core/examples/sniper-reading.js'
import { proximityOf, sniperInput } from '../core/examples/inputs.js'

interface SniperStep {
  readonly tsMs: number
  readonly prox: { readonly count: number; readonly long: number; readonly short: number } | null
  readonly burst: { readonly long: number; readonly short: number } | null
  readonly flow: { readonly buy: number; readonly sell: number; readonly msSinceLiq: number | null }
  /** Depth over value at risk, also where no position is known. */
  readonly ratio?: number
}

/** A script of observations of one coin: after each the sniper's phase, and the direction of its entry if it makes one. */
export function sniperCase([coin, script, mode = 'ABSORPTION_REVERSAL']: [string, readonly SniperStep[], EntryMode?]) {
  const settings = { mode, triggers: TRIGGERS_USD, triggerElsewhere: TRIGGER_ELSEWHERE_USD }
  let { initial: state } = new CascadeSniper(settings)
  return script.map((next) => {
    const { tsMs: nowMs, prox, burst, flow, ratio } = next
    const input = sniperInput(coin, nowMs, {
      ...(prox === null ? {} : { proximity: proximityOf(prox) }),
      ...(burst === null ? {} : { burst }),
      flow,
      ...(flow.msSinceLiq === null ? {} : { msSinceLiquidation: flow.msSinceLiq }),
    })
    const reading = { ...sniperReading(input), ...(ratio === undefined ? {} : { depthRatio: ratio }) }
    const answer = entered(step(state, reading, settings), reading, settings)
    state = answer.state
    const [mandate] = answer.mandates
    const direction = mandate?.type === 'ENTRY' ? mandate.direction : undefined
    return { state: state.phase, mandate: direction === undefined ? null : direction === 1 ? 'LONG' : 'SHORT' }
  })
}
