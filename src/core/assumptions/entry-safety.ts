import { fields, flag, listOf, milliseconds, oneOf, optional, text } from '../../base/arguments.js'
import type { Assumption, AssumptionDefinition } from '../../ports/vocabulary/assumptions.js'
import { type AssumptionStands, heldSinceMs, readingOf } from './assumption-registry.js'
import { componentsOf } from './component-safety.js'

/** What a session takes for granted, and which of its components nothing is entered without. */
export interface AssumptionSettings {
  readonly definitions: readonly AssumptionDefinition[]
  /** While one of them is unsafe, nothing opens. */
  readonly entryComponents: readonly string[]
  /** Every entry is blocked while the system's edge is gone. */
  readonly actOnRegime: boolean
}

/** Of {@link AssumptionSettings}, as somebody else's program gives them. */
export const ASSUMPTION_SETTINGS = fields<AssumptionSettings>({
  definitions: listOf(
    fields<AssumptionDefinition>({
      name: text,
      description: text,
      category: oneOf('market_structure', 'data_quality', 'execution', 'model'),
      testId: optional(text),
      revalidateAfterMs: milliseconds,
      invalidationAction: text,
      affectedComponents: listOf(text),
    }),
  ),
  entryComponents: listOf(text),
  actOnRegime: flag,
})

/** Whether what an entry relies on holds. Asked seven times on the way to one, so an answer is kept until it can change. */
export class EntrySafety {
  readonly definitions: readonly AssumptionDefinition[]
  readonly entryComponents: readonly string[]
  private answered: (Asked & { readonly answer: readonly string[]; readonly untilMs: number }) | undefined

  constructor(settings: AssumptionSettings | undefined) {
    this.definitions = settings?.definitions ?? []
    this.entryComponents = settings?.entryComponents ?? []
  }

  /** The components that an entry needs and that are unsafe, each with the assumptions that make it so. */
  unsafe(stands: AssumptionStands, { isLive, nowMs }: Omit<Asked, 'stands'>): readonly string[] {
    if (this.entryComponents.length === 0) return NONE
    const { answered } = this
    const isSame = answered?.stands === stands && answered.isLive === isLive
    if (isSame && nowMs >= answered.nowMs && nowMs <= answered.untilMs) return answered.answer
    const readings = this.readings(stands, nowMs)
    const expiries = readings.flatMap(({ validUntilMs }) =>
      validUntilMs === undefined || validUntilMs < nowMs ? [] : [validUntilMs],
    )
    const answer = unsafeOf(readings, this.entryComponents, isLive)
    this.answered = { stands, isLive, nowMs, answer, untilMs: Math.min(...expiries) }
    return answer
  }

  /** How each stands at a moment. */
  readings(stands: AssumptionStands, nowMs: number): readonly Assumption[] {
    return this.definitions.map((definition) => readingOf(definition, stands[definition.name], nowMs))
  }

  /** The assumptions that nothing has borne out for too long, and since when. */
  expired(stands: AssumptionStands, nowMs: number): readonly { readonly name: string; readonly sinceMs: number }[] {
    let expired: readonly { readonly name: string; readonly sinceMs: number }[] = NOTHING_EXPIRED
    for (const { name, revalidateAfterMs } of this.definitions) {
      const stand = stands[name]
      if (stand === undefined) continue
      const sinceMs = heldSinceMs(stand)
      if (nowMs > sinceMs + revalidateAfterMs) expired = [...expired, { name, sinceMs }]
    }
    return expired
  }
}

interface Asked {
  readonly stands: AssumptionStands
  readonly isLive: boolean
  readonly nowMs: number
}

const NONE: readonly string[] = []
const NOTHING_EXPIRED = [] as const

function unsafeOf(
  readings: readonly Assumption[],
  entryComponents: readonly string[],
  isLive: boolean,
): readonly string[] {
  const unsafe = new Map(componentsOf(readings, { isLive }).map((each) => [each.component, each.against]))
  return entryComponents.flatMap((component) => {
    const against = unsafe.get(component) ?? []
    if (against.length === 0) return []
    return [`${component}: ${against.map(({ name, status }) => `${name} ${status}`).join(', ')}`]
  })
}
