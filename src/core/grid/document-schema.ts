/**
 * The small language in which the grid's documents are described. A description is made once, and from it come the check, the
 * JSON Schema under `specs/grid` and the TypeScript type ({@link ValueOf}), so that none can differ from the others. Fields that
 * are not described are accepted and not kept: other programs write to the same maps, and newer releases write more.
 */
export type Description = { readonly note?: string } & (
  | { readonly kind: 'number'; readonly min?: number; readonly max?: number; readonly above?: number }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  | { readonly kind: 'boolean' }
  /** `is`: what a text of this pattern is called. */
  | { readonly kind: 'text'; readonly pattern: string; readonly is: string }
  /** Free text: whoever writes or reads it cuts it off after so many characters. */
  | { readonly kind: 'prose'; readonly charactersMax: number }
  | { readonly kind: 'one of'; readonly values: readonly (string | number)[] }
  | { readonly kind: 'nullable'; readonly of: Description }
  | { readonly kind: 'list'; readonly of: Description; readonly itemsMin: number; readonly itemsMax: number }
  /** Values by names that are not known beforehand, symbols mostly. */
  | { readonly kind: 'record'; readonly of: Description }
  /** An object whose fields are somebody else's business: kept as it is. */
  | { readonly kind: 'opaque' }
  | ObjectDescription
)

export interface ObjectDescription {
  readonly kind: 'object'
  readonly required: Fields
  readonly optional: Fields
}

export type Fields = Readonly<Record<string, Description>>

declare const VALUE: unique symbol

/** A description of values of type `T`. */
export type Schema<T> = Description & { readonly [VALUE]?: (value: T) => T }

/** The type of the values that a schema describes. */
export type ValueOf<S> = S extends Schema<infer T> ? T : never

export type ObjectOf<Required, Optional> = Flat<
  { readonly [K in keyof Required]: ValueOf<Required[K]> } & { readonly [K in keyof Optional]?: ValueOf<Optional[K]> }
>
type Flat<T> = { readonly [K in keyof T]: T[K] }
export type ObjectSchema<T> = ObjectDescription & Schema<T>

export function object<const R extends Fields, const O extends Fields = Record<never, never>>(
  required: R,
  optional?: O,
): ObjectSchema<ObjectOf<R, O>> {
  return { kind: 'object', required, optional: optional ?? {} }
}

/** With what its values mean, in which unit. */
export function noted<S extends Description>(note: string, schema: S): S {
  return { ...schema, note }
}

/** Both ends included. */
export function numberFrom(min: number, max?: number): Schema<number> {
  return max === undefined ? { kind: 'number', min } : { kind: 'number', min, max }
}

export function integerFrom(min: number, max: number = Number.MAX_SAFE_INTEGER): Schema<number> {
  return { kind: 'integer', min, max }
}

export function oneOf<const Values extends readonly (string | number)[]>(...values: Values): Schema<Values[number]> {
  return { kind: 'one of', values }
}

export function nullable<S extends Description>(of: S): Schema<ValueOf<S> | null> {
  return { kind: 'nullable', of }
}

export function listOf<S extends Description>(
  of: S,
  { itemsMin = 0, itemsMax }: { readonly itemsMin?: number; readonly itemsMax: number },
): Schema<readonly ValueOf<S>[]> {
  return { kind: 'list', of, itemsMin, itemsMax }
}

export function recordOf<S extends Description>(of: S): Schema<Readonly<Record<string, ValueOf<S>>>> {
  return { kind: 'record', of }
}

/** `is`: what a text of this pattern is called. */
export function text(pattern: string, is: string): Schema<string> {
  return { kind: 'text', pattern, is }
}

export function prose(charactersMax: number): Schema<string> {
  return { kind: 'prose', charactersMax }
}

export const number: Schema<number> = { kind: 'number' }
export const positive: Schema<number> = { kind: 'number', above: 0 }
export const notNegative: Schema<number> = numberFrom(0)
export const share: Schema<number> = numberFrom(0, 1)
export const count: Schema<number> = integerFrom(0)
export const boolean: Schema<boolean> = { kind: 'boolean' }
export const opaque: Schema<Readonly<Record<string, unknown>>> = { kind: 'opaque' }
/** Symbols, strategies, services and the like: without white space. */
export const name: Schema<string> = text('^\\S{1,64}$', 'a name')
export const date: Schema<string> = text('^\\d{4}-\\d{2}-\\d{2}$', 'a date YYYY-MM-DD')
/** As `isoMs` reads it. */
export const isoTime: Schema<string> = text(
  '^\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+-]\\d{2}(:?\\d{2})?)?$',
  'a time in ISO 8601',
)
export const unixSeconds: Schema<number> = noted('UTC seconds since the epoch.', notNegative)
/** Of exchanges' prices and quantities, which float64 would change. */
export const decimal: Schema<string> = text('^\\d{1,30}(\\.\\d{1,20})?$', 'a decimal')
