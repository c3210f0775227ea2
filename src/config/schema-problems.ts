import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type * as Ajv from 'ajv/dist/2020.js'
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js'
import { found, type Place, type Problem } from '../base/mistakes.js'
import { didYouMean, nearestName } from '../base/suggest.js'
import { packageFile } from '../files/package-files.js'
import { probablyMeant } from './percent-or-fraction.js'

/** Where the thing to be validated came from, for messages. */
export interface Places {
  keyPlace(path: readonly string[]): Place | string
  valuePlace(path: readonly string[]): Place | string
}

/** The parts of a JSON Schema node that messages are made of. */
interface SchemaNode {
  readonly type?: string
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly exclusiveMinimum?: number
  readonly maximum?: number
  readonly properties?: Readonly<Record<string, SchemaNode>>
  /** Our own keyword: what a pattern means, in words. */
  readonly expected?: string
}

const schema = JSON.parse(readFileSync(packageFile('specs', 'config.schema.json'), 'utf8')) as SchemaNode

const require = createRequire(import.meta.url)
let compiled: ValidateFunction | undefined

/**
 * Compiled when there is something to validate: 75 ms that a run of the champion as it ships does without. The schema ships
 * with the package and a test checks it against the meta-schema; compiling that here would cost 27 ms more.
 */
function validator(): ValidateFunction {
  if (compiled !== undefined) return compiled
  const { Ajv2020 } = require('ajv/dist/2020.js') as typeof Ajv
  const ajv = new Ajv2020({ allErrors: true, verbose: true, validateSchema: false })
  ajv.addKeyword('expected')
  compiled = ajv.compile(schema)
  return compiled
}

const TOP_LEVEL = Object.keys(schema.properties!)

/** Section name → its keys' schemas. */
export const SECTIONS: ReadonlyMap<string, Readonly<Record<string, SchemaNode>>> = new Map(
  TOP_LEVEL.flatMap((name) => {
    const properties = schema.properties![name]!.properties
    return properties === undefined ? [] : [[name, properties]]
  }),
)

/** `sizing.fraction`, … : every key of every section. */
export const DOTTED_KEYS: readonly string[] = [...SECTIONS].flatMap(([section, keys]) =>
  Object.keys(keys).map((key) => `${section}.${key}`),
)

/** The dotted form of a key given with or without its section; undefined when there is no such key. */
export function dottedKey(key: string): string | undefined {
  return DOTTED_KEYS.find((dotted) => dotted === key || dotted.slice(dotted.indexOf('.') + 1) === key)
}

export function schemaOf(dotted: string): SchemaNode {
  const [section, key] = dotted.split('.') as [string, string]
  return SECTIONS.get(section)![key]!
}

/** Every violation of the schema, one problem per place, in the order of the places. */
export function schemaProblems(candidate: unknown, places: Places): Problem[] {
  const validate = validator()
  if (validate(candidate)) return []
  const problems = new Map<string, Problem>()
  for (const error of validate.errors ?? []) {
    const path = error.instancePath.split('/').slice(1)
    const problem = problemOf(error, path, places)
    problems.set(`${error.instancePath} ${error.keyword === 'additionalProperties' ? problem.message : ''}`, problem)
  }
  return [...problems.values()].sort(byPlace)
}

function problemOf(error: ErrorObject, path: string[], places: Places): Problem {
  if (error.keyword === 'additionalProperties') {
    const key = String(error.params.additionalProperty)
    return { place: places.keyPlace([...path, key]), message: unknownKey(path, key) }
  }
  if (error.keyword === 'required') {
    const key = String(error.params.missingProperty)
    const node = (error.parentSchema as SchemaNode).properties![key]!
    return { place: places.keyPlace(path), message: `${key}: expected ${inWords(node)}, found nothing` }
  }
  const name = path.length === 0 ? '' : `${path.join('.')}: `
  const value = error.data === null ? 'nothing' : found(error.data)
  return {
    place: places.valuePlace(path),
    message: `${name}expected ${inWords(error.parentSchema as SchemaNode)}, found ${value}${probablyMeant(path.join('.'), error.data)}`,
  }
}

/** `sizing.fractoin: unknown key; did you mean 'fraction'?` — or the section it belongs to. */
function unknownKey(path: readonly string[], key: string): string {
  const name = [...path, key].join('.')
  const siblings = path.length === 0 ? TOP_LEVEL : Object.keys(SECTIONS.get(path[0]!) ?? {})
  const elsewhere = dottedKey(key)
  if (elsewhere !== undefined) {
    return `${name}: unknown key; '${key}' belongs in section '${elsewhere.slice(0, elsewhere.indexOf('.'))}'`
  }
  if (nearestName(key, siblings) !== undefined) return `${name}: unknown key${didYouMean(key, siblings)}`
  const bareNames = DOTTED_KEYS.map((dotted) => dotted.slice(dotted.indexOf('.') + 1))
  const near = nearestName(key, bareNames)
  if (near !== undefined) return `${name}: unknown key; did you mean '${dottedKey(near)}'?`
  return `${name}: unknown key; expected one of ${siblings.join(', ')}`
}

/** What a schema node accepts, as a person would say it. */
export function inWords(node: SchemaNode): string {
  if (node.expected !== undefined) return node.expected
  if (node.enum !== undefined) return node.enum.map((value) => `'${value}'`).join(' or ')
  switch (node.type) {
    case 'boolean':
      return 'true or false'
    case 'object':
      return `keys with values (${Object.keys(node.properties ?? {}).join(', ')})`
    case 'integer':
    case 'number': {
      const kind = node.type === 'integer' ? 'an integer' : 'a number'
      const from = node.exclusiveMinimum === undefined ? `from ${node.minimum}` : `above ${node.exclusiveMinimum}`
      return `${kind} ${from} ${node.exclusiveMinimum === undefined ? '' : 'and up '}to ${node.maximum}`
    }
    default:
      return 'text'
  }
}

function byPlace(a: Problem, b: Problem): number {
  const [left, right] = [a.place, b.place]
  if (typeof left !== 'object' || typeof right !== 'object') return 0
  return (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0)
}
