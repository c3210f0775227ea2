/**
 * A copy of plain JSON, frozen through and through, of which nothing can change later: not by whoever made it, and not by a getter.
 * Fields that are undefined are left out, as in JSON.
 *
 * @param path for messages.
 * @throws NotJson for what JSON does not have: functions, NaN, dates, sparse arrays, circles.
 */
export function frozenJson(value: unknown, path: string): unknown {
  return copyOf(value, path, 0)
}

/** A value, or a part of it, is no plain JSON. */
export class NotJson extends Error {
  override readonly name = 'NotJson'
}

/** Deeper values are circles. */
const DEPTH_MAX = 200

function copyOf(value: unknown, path: string, depth: number): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value !== 'object') throw new NotJson(`${path} is ${typeof value === 'number' ? value : typeof value}`)
  if (depth > DEPTH_MAX) throw new NotJson(`${path} has no end`)
  return Array.isArray(value) ? arrayOf(value, path, depth) : objectOf(value, path, depth)
}

function arrayOf(values: readonly unknown[], path: string, depth: number): readonly unknown[] {
  return Object.freeze(
    Array.from({ length: values.length }, (_, index) => copyOf(values[index], `${path}[${index}]`, depth + 1)),
  )
}

function objectOf(value: object, path: string, depth: number): Readonly<Record<string, unknown>> {
  const kind = Object.prototype.toString.call(value)
  if (kind !== '[object Object]') throw new NotJson(`${path} is ${kind.slice(8, -1)}`)
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return Object.freeze(
    Object.fromEntries(fields.map(([name, field]) => [name, copyOf(field, `${path}.${name}`, depth + 1)])),
  )
}
