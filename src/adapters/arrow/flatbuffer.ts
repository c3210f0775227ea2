/** Bytes that are no FlatBuffer of the expected shape. */
export class FlatbufferError extends Error {
  override readonly name = 'FlatbufferError'
}

/** A FlatBuffers vector: where its elements start and how many there are; all of them lie inside the bytes. */
export interface FlatVector {
  readonly start: number
  readonly length: number
}

/**
 * A table of a FlatBuffer, read field by field. Every access is checked against the bytes, nothing is looked at before it
 * is asked for, and a vector is never longer than its bytes: damaged bytes end in an error, not in a loop over 2^31 elements.
 */
export class FlatTable {
  private readonly view: DataView
  private readonly position: number
  private readonly vtable: number

  private constructor(view: DataView, position: number) {
    this.view = view
    this.position = position
    this.vtable = position - this.guarded(() => view.getInt32(position, true))
  }

  /** The root table of a buffer. */
  static root(view: DataView): FlatTable {
    return new FlatTable(
      view,
      readGuarded(() => view.getUint32(0, true)),
    )
  }

  table(field: number): FlatTable | undefined {
    const at = this.at(field)
    return at === undefined ? undefined : new FlatTable(this.view, this.target(at))
  }

  string(field: number): string | undefined {
    const vector = this.vector(field, 1)
    if (vector === undefined) return undefined
    return decodeUtf8(new Uint8Array(this.view.buffer, this.view.byteOffset + vector.start, vector.length))
  }

  vector(field: number, elementBytes: number): FlatVector | undefined {
    const at = this.at(field)
    if (at === undefined) return undefined
    const target = this.target(at)
    const length = this.guarded(() => this.view.getUint32(target, true))
    const start = target + 4
    if (length > (this.view.byteLength - start) / elementBytes) throw new FlatbufferError('a length beyond the data')
    return { start, length }
  }

  /** The tables of a vector of tables. */
  tables(field: number): FlatTable[] {
    const { start, length } = this.vector(field, 4) ?? { start: 0, length: 0 }
    return Array.from({ length }, (_, i) => new FlatTable(this.view, this.target(start + 4 * i)))
  }

  uint8(field: number): number {
    return this.scalar(field, (at) => this.view.getUint8(at))
  }

  int16(field: number): number {
    return this.scalar(field, (at) => this.view.getInt16(at, true))
  }

  int32(field: number): number {
    return this.scalar(field, (at) => this.view.getInt32(at, true))
  }

  int64(field: number): number {
    return this.scalar(field, (at) => Number(this.view.getBigInt64(at, true)))
  }

  /** An int64 inside a vector of structs. */
  int64At(position: number): number {
    return this.guarded(() => Number(this.view.getBigInt64(position, true)))
  }

  /** A field that is left out has its default, which is 0 for every scalar that Arrow reads here. */
  private scalar(field: number, read: (at: number) => number): number {
    const at = this.at(field)
    return at === undefined ? 0 : this.guarded(() => read(at))
  }

  private at(field: number): number | undefined {
    const entry = 4 + 2 * field
    return this.guarded(() => {
      if (entry >= this.view.getUint16(this.vtable, true)) return undefined
      const offset = this.view.getUint16(this.vtable + entry, true)
      return offset === 0 ? undefined : this.position + offset
    })
  }

  private target(at: number): number {
    return at + this.guarded(() => this.view.getUint32(at, true))
  }

  private guarded<T>(read: () => T): T {
    return readGuarded(read)
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** @throws FlatbufferError on bytes that are no UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new FlatbufferError('text that is not UTF-8')
  }
}

/** A DataView checks its bounds; only the error needs a name. */
function readGuarded<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof RangeError) throw new FlatbufferError('an offset beyond the data')
    throw error
  }
}
