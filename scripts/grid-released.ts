import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { GRID_SPECS, storedGridSpecs } from './grid-schemas.js'

/**
 * Accepts the present schemas of the grid as released: `npm run grid:released`, at a release. Refused while one of them breaks with
 * the last released one and has no new version.
 */
const RELEASED = `${GRID_SPECS}released/`

/** What a JSON Schema says that is compared: what `grid-schemas` writes, and references within a document. */
interface JsonSchema {
  readonly $id?: string
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, JsonSchema>>
  readonly type?: string | readonly string[]
  readonly anyOf?: readonly JsonSchema[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly minimum?: number
  readonly exclusiveMinimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly items?: JsonSchema
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: JsonSchema
}

/** Of every released document, by file name: where its present schema does more than grow. */
export function releasedProblems(
  released: ReadonlyMap<string, string>,
  present: ReadonlyMap<string, string>,
): readonly string[] {
  return [...released].flatMap(([file, before]) => {
    const now = present.get(file)
    return now === undefined ? [`${file}: removed`] : growthProblems(JSON.parse(before), JSON.parse(now))
  })
}

export function releasedGridSchemas(): ReadonlyMap<string, string> {
  return new Map(readdirSync(RELEASED).map((name) => [name, readFileSync(RELEASED + name, 'utf8')]))
}

/**
 * Where a schema does more than grow over another one: documents that fitted no longer do, or a field that readers rely on may be
 * absent. None when it has a newer version.
 */
export function growthProblems(before: JsonSchema, now: JsonSchema): readonly string[] {
  const [name, version] = identity(before)
  const [nameNow, versionNow] = identity(now)
  if (nameNow !== name || versionNow < version) return [`${name}: its $id was ${before.$id}, and is ${now.$id}`]
  if (versionNow > version) return []
  return differences(resolverOf(before)(before), resolverOf(now)(now), {
    path: name,
    before: resolverOf(before),
    now: resolverOf(now),
  })
}

type Resolve = (schema: JsonSchema) => JsonSchema
interface Place {
  readonly path: string
  readonly before: Resolve
  readonly now: Resolve
}

function differences(before: JsonSchema, now: JsonSchema, place: Place): string[] {
  const [one, other] = [withoutNull(before, place.before), withoutNull(now, place.now)]
  const problems = [
    ...(one.isNullable && !other.isNullable ? ['may not be null any more'] : []),
    ...valueProblems(one.schema, other.schema),
  ].map((problem) => `${place.path}: ${problem}`)
  return [...problems, ...partProblems(one.schema, other.schema, place)]
}

function valueProblems(before: JsonSchema, now: JsonSchema): string[] {
  const [values, valuesNow] = [allowedValues(before), allowedValues(now)]
  if (values !== undefined && valuesNow !== undefined) {
    return values
      .filter((value) => !valuesNow.includes(value))
      .map((value) => `${JSON.stringify(value)} is allowed no more`)
  }
  if (valuesNow !== undefined) return [`only ${JSON.stringify(valuesNow)} is allowed now`]
  if (values !== undefined) {
    return values.every((value) => isOfType(value, now.type)) ? [] : [`it is ${now.type} now`]
  }
  if (before.type !== now.type && !(before.type === 'integer' && now.type === 'number')) {
    return [`it was ${before.type}, and is ${now.type}`]
  }
  return limitProblems(before, now)
}

function limitProblems(before: JsonSchema, now: JsonSchema): string[] {
  const problems: string[] = []
  if (now.pattern !== undefined && now.pattern !== before.pattern) problems.push(`its pattern is now ${now.pattern}`)
  for (const least of ['minimum', 'minLength', 'minItems'] as const) {
    const floor = least === 'minimum' ? (before.minimum ?? before.exclusiveMinimum) : before[least]
    if (now[least] !== undefined && now[least] > (floor ?? defaultFloor(least)))
      problems.push(`its ${least} is now ${now[least]}`)
  }
  const { exclusiveMinimum } = now
  if (exclusiveMinimum !== undefined && !isAbove(before, exclusiveMinimum)) {
    problems.push(`its exclusiveMinimum is now ${exclusiveMinimum}`)
  }
  for (const most of ['maximum', 'maxLength', 'maxItems'] as const) {
    if (now[most] !== undefined && now[most] < (before[most] ?? Number.POSITIVE_INFINITY)) {
      problems.push(`its ${most} is now ${now[most]}`)
    }
  }
  return problems
}

function partProblems(before: JsonSchema, now: JsonSchema, place: Place): string[] {
  const problems: string[] = []
  const fields = new Set([...Object.keys(before.properties ?? {}), ...(before.required ?? [])])
  for (const field of fields) {
    const path = `${place.path}.${field}`
    const was = before.properties?.[field] ?? before.additionalProperties
    const is = now.properties?.[field] ?? now.additionalProperties
    if (is === undefined) {
      problems.push(`${path}: removed`)
      continue
    }
    if (was !== undefined) problems.push(...differences(place.before(was), place.now(is), { ...place, path }))
    if (before.required?.includes(field) && !now.required?.includes(field)) problems.push(`${path}: may be absent now`)
  }
  for (const field of now.required ?? []) {
    if (!before.required?.includes(field)) problems.push(`${place.path}.${field}: is required now`)
  }
  for (const [part, suffix] of [
    ['items', '[]'],
    ['additionalProperties', '.*'],
  ] as const) {
    const [was, is] = [before[part], now[part]]
    const path = place.path + suffix
    if (was !== undefined && is !== undefined) {
      problems.push(...differences(place.before(was), place.now(is), { ...place, path }))
    } else if (is !== undefined) problems.push(`${path}: is restricted now`)
  }
  return problems
}

function withoutNull(
  schema: JsonSchema,
  resolve: Resolve,
): { readonly schema: JsonSchema; readonly isNullable: boolean } {
  if (schema.anyOf !== undefined) {
    const other = schema.anyOf.find(({ type }) => type !== 'null')!
    return { schema: resolve(other), isNullable: schema.anyOf.length > 1 }
  }
  if (typeof schema.type !== 'object') return { schema, isNullable: false }
  const types = schema.type.filter((type) => type !== 'null')
  return { schema: { ...schema, type: types[0]! }, isNullable: types.length < schema.type.length }
}

function allowedValues(schema: JsonSchema): readonly unknown[] | undefined {
  return schema.enum ?? ('const' in schema ? [schema.const] : undefined)
}

function isOfType(value: unknown, type: JsonSchema['type']): boolean {
  return typeof value === type || (type === 'integer' && Number.isInteger(value))
}

function isAbove({ minimum, exclusiveMinimum }: JsonSchema, floor: number): boolean {
  return (exclusiveMinimum !== undefined && exclusiveMinimum >= floor) || (minimum !== undefined && minimum > floor)
}

/** Lengths are never below zero anyway. */
function defaultFloor(limit: 'minimum' | 'minLength' | 'minItems'): number {
  return limit === 'minimum' ? Number.NEGATIVE_INFINITY : 0
}

function resolverOf(root: JsonSchema): Resolve {
  return (schema) => (schema.$ref === undefined ? schema : root.$defs![schema.$ref.replace('#/$defs/', '')]!)
}

/** `dolphin.exf_latest.1`: its name and version. */
function identity({ $id = '' }: JsonSchema): readonly [string, number] {
  const [, name = '', version = '0'] = /^dolphin\.(\w+)\.(\d+)$/.exec($id) ?? []
  return [name, Number(version)]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(RELEASED, { recursive: true })
  const schemas = new Map([...storedGridSpecs()].filter(([name]) => name.endsWith('.schema.json')))
  const problems = releasedProblems(releasedGridSchemas(), schemas)
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) {
    console.error('Schemas only grow: give the document a new version (gridDocument), or take the change back.')
    process.exit(1)
  }
  for (const name of releasedGridSchemas().keys()) if (!schemas.has(name)) rmSync(RELEASED + name)
  for (const [name, text] of schemas) writeFileSync(RELEASED + name, text)
  console.log(`${schemas.size} schemas released`)
}
