import type { Strategy } from '../../ports/strategy.js'
import type { BarObservation, SymbolObservation } from '../../ports/vocabulary/observation.js'
import type { M4PrimitiveBundle, PrimitiveName } from '../../ports/vocabulary/primitives.js'

/** Of a bar's observation what these strategies may look at; undefined where none of them observes. */
export function neededObservation(
  observation: BarObservation | undefined,
  needs: readonly Strategy['observes'][],
): BarObservation | undefined {
  const asked = needs.filter((need): need is true | readonly PrimitiveName[] => need !== undefined && need !== false)
  if (observation === undefined || asked.length === 0) return undefined
  if (asked.includes(true)) return observation
  const names = new Set(asked.flatMap((need) => (need === true ? [] : need)))
  const symbols: Record<string, SymbolObservation> = {}
  for (const [symbol, seen] of Object.entries(observation.symbols))
    symbols[symbol] = { ...seen, primitives: only(seen.primitives, names) }
  return { ...observation, symbols }
}

function only(primitives: M4PrimitiveBundle, names: ReadonlySet<PrimitiveName>): M4PrimitiveBundle {
  const kept: Record<string, unknown> = { symbol: primitives.symbol }
  for (const name of names) if (primitives[name] !== undefined) kept[name] = primitives[name]
  return kept as unknown as M4PrimitiveBundle
}
