/** A sub-day update of the breaker, to be parked and applied at the top of the next bar. */
export interface AcbUpdate {
  /** Factor of the leverage, 1 to 3. Section 10. */
  readonly boost: number
  /** How much the signal's depth adds to the boost, 0 to 1. Section 10. */
  readonly beta: number
}

/** Why a payload was refused: what was expected and what was found. It changes nothing, a parked update included. */
export interface RejectedPayload {
  readonly rejected: string
}

const RANGES = { boost: [1, 3], beta: [0, 1] } as const

/**
 * A sub-day payload text: a JSON object whose `boost` (1 … 3) and `beta` (0 … 1) are both numbers; other keys are
 * ignored. Engine semantics, sections 10.4 and 13.
 */
export function parseAcbPayload(text: string): AcbUpdate | RejectedPayload {
  const payload = parseJson(text)
  if (payload === undefined) return rejected('JSON', text)
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    return rejected('an object with boost and beta', text)
  }
  const { boost, beta } = payload as { boost?: unknown; beta?: unknown }
  if (!inRange(boost, RANGES.boost)) return rejected('boost in [1, 3]', boost)
  if (!inRange(beta, RANGES.beta)) return rejected('beta in [0, 1]', beta)
  return { boost, beta }
}

function inRange(value: unknown, [min, max]: readonly [number, number]): value is number {
  return typeof value === 'number' && value >= min && value <= max
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function rejected(expected: string, found: unknown): RejectedPayload {
  const shown = typeof found === 'number' ? String(found) : (JSON.stringify(found) ?? 'nothing')
  return { rejected: `expected ${expected}, found ${shown}` }
}
