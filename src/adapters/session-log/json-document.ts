import { type Document, isNode, LineCounter, parseDocument } from 'yaml'
import { quoted, SessionLogError, type SessionPlace } from './refusal.js'

/** A path into a document: keys of objects and indices of lists. */
export type Path = readonly (string | number)[]

/** A JSON document that knows where its values stand, so that a wrong one is named by line and column. */
export class JsonDocument {
  private readonly file: string
  private readonly document: Document
  private readonly lines = new LineCounter()
  private readonly root: unknown

  /** Throws {@link SessionLogError} at the first syntax error. */
  constructor(text: string, file: string) {
    this.file = file
    // JSON is a subset of YAML, whose parser keeps positions.
    this.document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false, logLevel: 'silent' })
    const [error] = this.document.errors
    if (error !== undefined) throw new SessionLogError(this.placeAt(error.pos[0]), 'valid JSON', error.message)
    this.root = this.document.toJS()
  }

  has(path: Path): boolean {
    return this.valueAt(path) !== undefined
  }

  /** The value at `path` when it passes; throws {@link SessionLogError} at its place otherwise. */
  take<T>(path: Path, expected: string, passes: (value: unknown) => value is T): T {
    const value = this.valueAt(path)
    if (passes(value)) return value
    const name = path.length === 0 ? '' : `${pathText(path)} to be `
    throw new SessionLogError(this.placeOf(path), `${name}${expected}`, quoted(value))
  }

  text(path: Path): string {
    return this.take(path, 'a text', (value): value is string => typeof value === 'string' && value !== '')
  }

  matching(path: Path, expected: string, pattern: RegExp): string {
    return this.take(path, expected, (value): value is string => typeof value === 'string' && pattern.test(value))
  }

  oneOf<T extends string | boolean>(path: Path, known: readonly T[]): T {
    const expected = known.length === 1 ? quoted(known[0]) : `one of ${known.map(quoted).join(', ')}`
    return this.take(path, expected, (value): value is T => known.includes(value as T))
  }

  count(path: Path): number {
    return this.take(path, 'a whole number of at least 0', isCount)
  }

  /** A list whose elements `read` takes one by one. */
  list<T>(path: Path, read: (path: Path) => T): T[] {
    return this.take(path, 'a list', Array.isArray).map((_, i) => read([...path, i]))
  }

  object(path: Path): Record<string, unknown> {
    return this.take(path, 'an object', isObject)
  }

  private valueAt(path: Path): unknown {
    let value = this.root
    for (const key of path) value = isObject(value) || Array.isArray(value) ? Reflect.get(value, key) : undefined
    return value
  }

  /** Of the value, or of the nearest thing around it that is there. */
  private placeOf(path: Path): SessionPlace {
    for (let length = path.length; length >= 0; length--) {
      const node = length === 0 ? this.document.contents : this.document.getIn(path.slice(0, length), true)
      if (isNode(node) && node.range) return this.placeAt(node.range[0])
    }
    return { file: this.file, line: 1, column: 1 }
  }

  private placeAt(offset: number): SessionPlace {
    const { line, col } = this.lines.linePos(offset)
    return { file: this.file, line, column: col }
  }
}

function pathText(path: Path): string {
  return path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
