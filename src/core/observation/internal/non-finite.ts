/** Where a number stands that is none, by its path (`tradeBurst.tradesPerSecond`); undefined where there is no such number. */
export function nonFiniteIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const fields = value as Readonly<Record<string, unknown>>
  for (const name in fields) {
    const field = fields[name]
    if (typeof field === 'number') {
      if (!Number.isFinite(field)) return name
    } else {
      const inner = nonFiniteIn(field)
      if (inner !== undefined) return `${name}.${inner}`
    }
  }
  return undefined
}
