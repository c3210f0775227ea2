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
  if (isScalar(value)) return value
  if (typeof value !== 'object') throw new NotJson(`${path} is ${typeof value === 'number' ? value : typeof value}`)
  if (depth > DEPTH_MAX) throw new NotJson(`${path} has no end`)
  return Array.isArray(value) ? arrayOf(value, path, depth) : objectOf(value as object, path, depth)
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}

function arrayOf(values: readonly unknown[], path: string, depth: number): readonly unknown[] {
  const copy: unknown[] = []
  for (let index = 0; index < values.length; index++) {
    const child = values[index]
    copy.push(isScalar(child) ? child : copyOf(child, `${path}[${index}]`, depth + 1))
  }
  return Object.freeze(copy)
}

function objectOf(value: object, path: string, depth: number): Readonly<Record<string, unknown>> {
  const kind = Object.prototype.toString.call(value)
  if (kind !== '[object Object]') throw new NotJson(`${path} is ${kind.slice(8, -1)}`)
  const copy: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(value)) {
    if (field === undefined) continue
    const child = isScalar(field) ? field : copyOf(field, `${path}.${name}`, depth + 1)
    // Assigned, a field of this name would be the prototype.
    if (name === '__proto__') Object.defineProperty(copy, name, { value: child, enumerable: true })
    else copy[name] = child
  }
  return Object.freeze(copy)
}
