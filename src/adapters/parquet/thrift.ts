import { Refusal } from './refusal.js'

/** Wire types of the Thrift compact protocol. Booleans in a struct carry their value in the type. */
export const WIRE = {
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
  uuid: 13,
} as const

/** Deeper nesting than any Parquet structure has; a bound for hostile bytes. */
const DEPTH_MAX = 24

const text = new TextDecoder()

/**
 * Reads the Thrift compact protocol, only as much of it as Parquet uses. Every read is checked against `end`,
 * and nothing is allocated from a length that the bytes do not bear out.
 */
export class ThriftReader {
  private depth = 0

  constructor(
    private readonly bytes: Uint8Array,
    public position: number,
    private readonly end: number,
  ) {}

  byte(): number {
    if (this.position >= this.end) throw new Refusal('Thrift data', `its end at byte ${this.end}`)
    return this.bytes[this.position++]!
  }

  /** An unsigned varint of at most 53 bits. */
  varint(): number {
    let result = 0
    let scale = 1
    for (let i = 0; i < 10; i++) {
      const byte = this.byte()
      result += (byte & 0x7f) * scale
      if (byte < 0x80) {
        if (result > Number.MAX_SAFE_INTEGER) break
        return result
      }
      scale *= 128
    }
    throw new Refusal('a Thrift number below 2^53', `a longer one at byte ${this.position}`)
  }

  /** A zigzag number (i16, i32, i64); the magnitudes that Parquet sizes and counts have fit a double exactly. */
  integer(): number {
    const raw = this.varint()
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2
  }

  string(): string {
    const length = this.varint()
    if (length > this.end - this.position) {
      throw new Refusal(`a Thrift string within ${this.end - this.position} bytes`, `a length of ${length}`)
    }
    this.position += length
    return text.decode(this.bytes.subarray(this.position - length, this.position))
  }

  /** Calls `read` for every field of a struct; `read` returns false for a field it does not consume. */
  struct(read: (field: number, wire: number) => boolean): void {
    if (++this.depth > DEPTH_MAX) throw new Refusal('a Parquet structure', `nesting deeper than ${DEPTH_MAX}`)
    let field = 0
    for (;;) {
      const header = this.byte()
      if (header === 0) break
      const delta = header >> 4
      const wire = header & 0x0f
      field = delta === 0 ? this.integer() : field + delta
      if (!read(field, wire)) this.skip(wire)
    }
    this.depth--
  }

  /** Calls `read` for every element of a list. */
  list(read: (wire: number) => void): void {
    const header = this.byte()
    const size = header >> 4 === 15 ? this.varint() : header >> 4
    for (let i = 0; i < size; i++) read(header & 0x0f)
  }

  private skip(wire: number): void {
    switch (wire) {
      case WIRE.true:
      case WIRE.false:
        return
      case WIRE.byte:
        this.advance(1)
        return
      case WIRE.i16:
      case WIRE.i32:
      case WIRE.i64:
        while (this.byte() >= 0x80);
        return
      case WIRE.double:
        this.advance(8)
        return
      case WIRE.binary:
        this.advance(this.varint())
        return
      case WIRE.list:
      case WIRE.set:
        this.list((element) => this.skipElement(element))
        return
      case WIRE.map: {
        const size = this.varint()
        if (size === 0) return
        const types = this.byte()
        for (let i = 0; i < size; i++) {
          this.skipElement(types >> 4)
          this.skipElement(types & 0x0f)
        }
        return
      }
      case WIRE.struct:
        this.struct(() => false)
        return
      case WIRE.uuid:
        this.advance(16)
        return
      default:
        throw new Refusal('a Thrift type', `${wire} at byte ${this.position}`)
    }
  }

  /** Outside a struct a boolean takes a byte of its own. */
  private skipElement(wire: number): void {
    if (wire === WIRE.true || wire === WIRE.false) this.advance(1)
    else this.skip(wire)
  }

  private advance(count: number): void {
    if (count > this.end - this.position) throw new Refusal(`${count} more bytes of Thrift data`, 'its end')
    this.position += count
  }
}
