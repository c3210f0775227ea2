/** A price counts when it is finite and above zero; anything else means that there is none. Engine semantics, section 1. */
export function isPrice(value: number): boolean {
  return value > 0 && value < Number.POSITIVE_INFINITY
}
