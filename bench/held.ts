/** How much a list, a map, or whatever has a `count` or a `size` holds: all of one place together, and the fullest of them. */
export interface Held {
  sum: number
  largest: number
}

/**
 * What is held by an object and everything that it reaches, by the place that it is held at: `Class.field`. What grows, grows in
 * one of these, or in the bytes of typed arrays, which are one place, too.
 */
export function heldBy(root: object): ReadonlyMap<string, Held> {
  const held = new Map<string, Held>()
  const seen = new Set<object>([root])
  const waiting: [place: string, value: object][] = [[root.constructor.name, root]]
  const note = (place: string, count: number) => {
    const known = held.get(place) ?? { sum: 0, largest: 0 }
    held.set(place, { sum: known.sum + count, largest: Math.max(known.largest, count) })
  }
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [place, value] = next
    if (ArrayBuffer.isView(value)) {
      note('bytes of typed arrays', value.byteLength)
      continue
    }
    const count = countOf(value)
    if (count !== undefined) note(place, count)
    for (const [field, inner] of partsOf(value)) {
      if (typeof inner !== 'object' || inner === null || seen.has(inner)) continue
      seen.add(inner)
      waiting.push([field === undefined ? place : `${value.constructor.name}.${field}`, inner])
    }
  }
  note('objects', seen.size)
  return new Map([...held].sort(([one], [other]) => (one < other ? -1 : 1)))
}

function countOf(value: object): number | undefined {
  if (Array.isArray(value)) return value.length
  const { count, size } = value as { readonly count?: unknown; readonly size?: unknown }
  return [count, size].find((found) => typeof found === 'number')
}

/** What is in a list or a map is at the place of the list or the map. */
function partsOf(value: object): Iterable<readonly [field: string | undefined, inner: unknown]> {
  if (Array.isArray(value) || value instanceof Set) return [...value].map((inner) => [undefined, inner])
  if (value instanceof Map) return [...value.values()].map((inner) => [undefined, inner])
  return Object.entries(value)
}
