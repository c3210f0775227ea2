import { crc32c, crc32cHexOf } from './crc32c.js'

/**
 * JSON with sorted keys and no white space: one text per value, whatever order its fields were written in. Numbers as
 * ECMAScript prints them; a field that is undefined is left out, as in JSON.
 *
 * @throws Error for a number that JSON does not have.
 */
export function canonicalJson(value: unknown): string {
  return canonical().value(value).text()
}

/** CRC-32C of the value's canonical JSON, 8 lower-case hex digits. */
export function canonicalSum(value: unknown): string {
  return canonical().value(value).sum()
}

/** An empty text to write; the same one each time, so it ends before the next begins. */
export function canonical(): CanonicalText {
  return TEXT.begin()
}

/**
 * A text of ASCII and canonical values as it is written, in UTF-8. Every record and message is made by it and summed in it:
 * bytes are summed in half the time of a string's characters, and half the time goes again where a string is put together of
 * hundreds of small ones.
 */
class CanonicalText {
  private bytes = new Uint8Array(CAPACITY)
  private end = 0

  begin(): this {
    if (this.bytes.length > CAPACITY_KEPT) this.bytes = new Uint8Array(CAPACITY)
    this.end = 0
    return this
  }

  /** Bytes so far. */
  get length(): number {
    return this.end
  }

  /** As it stands: ASCII only. */
  ascii(text: string): this {
    this.reserve(text.length)
    const { bytes } = this
    let at = this.end
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i)
    this.end = at
    return this
  }

  value(value: unknown): this {
    if (typeof value === 'string') this.quoted(value)
    else if (typeof value === 'number') this.ascii(`${numberCheck(value)}`)
    else if (typeof value !== 'object' || value === null) this.ascii(JSON.stringify(value) ?? 'null')
    else if (Array.isArray(value)) this.array(value)
    else this.object(value as Readonly<Record<string, unknown>>)
    return this
  }

  /** CRC-32C of the bytes from `start` to `end`, as 8 hex digits. `before`: of what stands before them, for one sum over both. */
  sum(start = 0, end = this.end, before = 0): string {
    return crc32cHexOf(crc32c(this.bytes, start, end, before))
  }

  /** The sum of a part that another part is to follow. */
  partialSum(start: number, end: number): number {
    return crc32c(this.bytes, start, end)
  }

  /** ASCII over what stands at a place. */
  overwrite(at: number, text: string): this {
    for (let i = 0; i < text.length; i++) this.bytes[at + i] = text.charCodeAt(i)
    return this
  }

  text(): string {
    return DECODER.decode(this.bytes.subarray(0, this.end))
  }

  private object(fields: Readonly<Record<string, unknown>>): void {
    const { keys, names } = shapeOf(Object.keys(fields))
    const start = this.end
    for (let i = 0; i < keys.length; i++) {
      const field = fields[keys[i]!]
      if (field === undefined) continue
      this.copy(names[i]!)
      this.value(field)
    }
    if (this.end === start) {
      this.ascii('{}')
      return
    }
    // The first name brought a comma where the brace belongs.
    this.bytes[start] = BRACE
    this.ascii('}')
  }

  /** Without objects there are no keys to sort, and all of it is one call: columns of numbers are long. */
  private array(values: readonly unknown[]): void {
    let isFlat = true
    for (let i = 0; i < values.length && isFlat; i++) {
      const value = values[i]
      if (typeof value === 'number') numberCheck(value)
      else isFlat = typeof value !== 'object' || value === null
    }
    if (isFlat) {
      this.utf8(JSON.stringify(values))
      return
    }
    for (let i = 0; i < values.length; i++) this.ascii(i === 0 ? '[' : ',').value(values[i])
    this.ascii(']')
  }

  /** In one walk while it is printable ASCII; what else there may be in a text, JSON knows how to write. */
  private quoted(text: string): void {
    this.reserve(2 * text.length + 2)
    const { bytes } = this
    let at = this.end
    bytes[at++] = QUOTE
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if (unit < 0x20 || unit > 0x7e) {
        this.utf8(JSON.stringify(text))
        return
      }
      if (unit === QUOTE || unit === BACKSLASH) bytes[at++] = BACKSLASH
      bytes[at++] = unit
    }
    bytes[at++] = QUOTE
    this.end = at
  }

  private utf8(text: string): void {
    this.reserve(3 * text.length)
    this.end += ENCODER.encodeInto(text, this.bytes.subarray(this.end)).written
  }

  private copy(from: Uint8Array): void {
    this.reserve(from.length)
    const { bytes } = this
    let at = this.end
    for (let i = 0; i < from.length; i++) bytes[at++] = from[i]!
    this.end = at
  }

  private reserve(more: number): void {
    if (this.end + more <= this.bytes.length) return
    const larger = new Uint8Array(2 * (this.end + more))
    larger.set(this.bytes.subarray(0, this.end))
    this.bytes = larger
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const BRACE = 0x7b
const CAPACITY = 1 << 14
/** A snapshot or a report may be large; what it took is let go again. */
const CAPACITY_KEPT = 1 << 18
const ENCODER = new TextEncoder()
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true })
const TEXT = new CanonicalText()

function numberCheck(value: number): number {
  if (!Number.isFinite(value)) throw new Error(`not a JSON number: ${value}`)
  return value
}

/** Objects of the same keys in the same order, as they were written in the code: found key by key, sorted once. */
interface Shape {
  /** Sorted by UTF-16 code units; empty while no object had just these keys. */
  keys: readonly string[]
  /** Of each key `,"key":` in UTF-8. */
  names: readonly Uint8Array[]
  /** By the key that follows. */
  readonly next: Map<string, Shape>
  /** The key that followed last: nearly always it does again. */
  lastKey: string
  last: Shape | undefined
}

/** Dictionaries have keys of their own each time: when there are so many, all begins anew. */
const SHAPES_MAX = 4096
let shapes = 0
let root = newShape()

function shapeOf(keys: readonly string[]): Shape {
  let shape = root
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    shape = shape.lastKey === key && shape.last !== undefined ? shape.last : following(shape, key)
  }
  if (shape.keys.length !== keys.length) {
    shape.keys = [...keys].sort()
    shape.names = shape.keys.map((key) => ENCODER.encode(`,${JSON.stringify(key)}:`))
  }
  return shape
}

function following(shape: Shape, key: string): Shape {
  let next = shape.next.get(key)
  if (next === undefined) {
    if (shapes++ >= SHAPES_MAX) {
      shapes = 0
      root = newShape()
    }
    next = newShape()
    shape.next.set(key, next)
  }
  shape.lastKey = key
  shape.last = next
  return next
}

function newShape(): Shape {
  return { keys: [], names: [], next: new Map(), lastKey: '', last: undefined }
}
