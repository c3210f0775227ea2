/** One thing that a grid holds, as it is kept in a file. */
export type GridRecord = MapRecord | ReferenceRecord | StreamRecord

export interface MapRecord extends MapEntry {
  readonly map: string
}

export interface MapEntry {
  readonly key: string
  readonly value: string
  /** UTC ms; absent: never. */
  readonly expiresAtMs?: number
}

export interface ReferenceRecord {
  readonly reference: string
  readonly value: string
}

/** Those of one stream stand in their order, without a gap. */
export interface StreamRecord extends StreamEntry {
  readonly stream: string
}

export interface StreamEntry {
  readonly sequence: number
  readonly value: string
}
