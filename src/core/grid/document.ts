import { assert } from '../../base/assert.js'
import { checkOf, type Refusal, sayRefusal, shown, takerOf } from './document-check.js'
import { type ObjectSchema, oneOf, type Schema } from './document-schema.js'

/**
 * One document of the grid: how a text becomes a value, and a value a text. What cannot be used is an everyday event for
 * whoever reads a shared memory: a value, not an error.
 */
export interface GridDocument<Value, Read = Value> {
  /** As its key is called in the sources, or what stands under many keys. */
  readonly name: string
  /** Rises with every change that is more than an optional field. */
  readonly version: number
  /** @internal Undefined where it is no JSON of the grid's own: a time, or a document that has its contract elsewhere. */
  readonly schema: ObjectSchema<Value> | undefined
  /** Never throws. Fields that are not known are left out. */
  read(text: string): Reading<Read>
  /** @throws on a value that is none, which is a bug of the writer. */
  write(value: Value): string
}

/** What became of a text. */
export type Reading<Value> = { readonly value: Value } | { readonly refused: Refusal }

/** The value of a document. */
export type DocumentOf<D> = D extends GridDocument<infer Value, unknown> ? Value : never

/**
 * A document of a schema. It may say its `schema_version`; from version 2 on it must, so that a reader of another version refuses
 * it rather than misreads it.
 */
export function gridDocument<Value extends object>(
  name: string,
  described: ObjectSchema<Value>,
  version = 1,
): GridDocument<Value & Versioned> {
  const schema = versioned(described, version)
  const check = checkOf(schema)
  const take = takerOf(schema)
  return {
    name,
    version,
    schema,
    read(text) {
      const json = parsedJson(text)
      if (json === undefined) return { refused: notJson(name, text) }
      const refusal = check(json.value)
      if (refusal !== undefined) return { refused: { ...refusal, path: name + refusal.path } }
      return { value: take(json.value) as Value & Versioned }
    },
    write(value) {
      const stamped = version === 1 ? value : { ...value, schema_version: version }
      const refusal = check(stamped)
      assert(refusal === undefined, `what is written is a document: ${name}${refusal && sayRefusal(refusal)}`)
      return JSON.stringify(take(stamped))
    },
  }
}

/** What every document of JSON may say of itself. */
export interface Versioned {
  /** As its document's `version`. */
  readonly schema_version?: number
}

export function parsedJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

export function notJson(path: string, text: string): Refusal {
  return { path, expected: 'JSON', found: shown(text) }
}

function versioned<Value>(
  { required, optional }: ObjectSchema<Value>,
  version: number,
): ObjectSchema<Value & Versioned> {
  const schema_version: Schema<number> = oneOf(version)
  return version === 1
    ? { kind: 'object', required, optional: { ...optional, schema_version } }
    : { kind: 'object', required: { ...required, schema_version }, optional }
}
