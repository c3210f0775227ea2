import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { unreachable } from '../src/base/assert.js'
import { present } from '../src/base/present.js'
import type { Description, Fields } from '../src/core/grid/document-schema.js'
import { GRID_PLACES, type GridPlace } from '../src/core/grid/documents.js'
import {
  BREAKER_FENCE_REFERENCE,
  BREAKER_LOCK,
  FEATURE_KEYS,
  GRID_MAPS,
  POSTURE_REFERENCE,
  SCAN_STREAM,
} from '../src/core/grid/names.js'
import { ORDER_BOOK_FEATURES } from '../src/core/grid/order-book-documents.js'

/** Writes `specs/grid` from what the core reads and writes by: `npm run grid:schemas`. A schema per document, and the table of maps and keys. */
export const GRID_SPECS = fileURLToPath(new URL('../specs/grid/', import.meta.url))

/** File name → text. */
export function gridSpecFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const { document } of GRID_PLACES) {
    const { name, version, schema } = document
    if (schema === undefined || files.has(fileOf(name))) continue
    const whole = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `dolphin.${name}.${version}`,
      title: name,
      description: `Stands at ${placesOf(document).join(', ')}. Further fields are allowed, and ignored.`,
      ...jsonSchemaOf(schema),
    }
    files.set(fileOf(name), `${JSON.stringify(whole, null, 2)}\n`)
  }
  files.set('README.md', readme())
  files.set('latest_ob_features.md', featureFile())
  return files
}

export function storedGridSpecs(): ReadonlyMap<string, string> {
  const names = readdirSync(GRID_SPECS, { withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(names.map(({ name }) => [name, readFileSync(GRID_SPECS + name, 'utf8')]))
}

export function jsonSchemaOf(schema: Description): Readonly<Record<string, unknown>> {
  const { note } = schema
  return note === undefined ? bareSchemaOf(schema) : { description: note, ...bareSchemaOf(schema) }
}

function bareSchemaOf(schema: Description): Readonly<Record<string, unknown>> {
  switch (schema.kind) {
    case 'number': {
      const { min, max, above } = schema
      return { type: 'number', ...present({ minimum: min, maximum: max, exclusiveMinimum: above }) }
    }
    case 'integer':
      return { type: 'integer', minimum: schema.min, maximum: schema.max }
    case 'boolean':
      return { type: 'boolean' }
    case 'text':
      return { type: 'string', pattern: schema.pattern }
    case 'prose':
      return { type: 'string' }
    case 'one of':
      return schema.values.length === 1 ? { const: schema.values[0] } : { enum: schema.values }
    case 'nullable':
      return { anyOf: [{ type: 'null' }, jsonSchemaOf(schema.of)] }
    case 'list':
      return { type: 'array', minItems: schema.itemsMin, maxItems: schema.itemsMax, items: jsonSchemaOf(schema.of) }
    case 'record':
      return { type: 'object', additionalProperties: jsonSchemaOf(schema.of) }
    case 'opaque':
      return { type: 'object' }
    case 'object':
      return {
        type: 'object',
        required: Object.keys(schema.required),
        properties: Object.fromEntries(
          Object.entries({ ...schema.required, ...schema.optional }).map(([key, field]) => [key, jsonSchemaOf(field)]),
        ),
      }
    default:
      return unreachable(schema)
  }
}

function readme(): string {
  const rows = GRID_PLACES.map(({ maps, key, document, writer, readers, cadence, notes }) => {
    const form = document.schema === undefined ? document.name : `[${document.name}](${fileOf(document.name)})`
    return `| ${mapsText(maps)} | \`${key}\` | ${form} | ${writer} | ${readers} | ${cadence} | ${notes} |`
  })
  return `<!-- Made by \`npm run grid:schemas\` from src/core/grid/documents.ts. -->

# Maps and keys

The system's shared memory: who writes what where, and who reads it. Values are texts, JSON but for the probe. A reader refuses a
document that breaks its schema, and stays with the last good one; fields that a schema does not know are ignored. Times are UTC:
\`_ts\`, \`ts\` and \`_utc\` in seconds since the epoch, \`_ms\` in milliseconds, other texts in ISO 8601.

Every document may say its \`schema_version\`; one that says none is of version 1. Within a version a schema only grows: an optional
field may be added, a range widened. Anything else is a new version, which readers of another one refuse. \`released/\` holds the
schemas of the last release; \`npm run grid:released\` accepts the present ones.

| Map | Key | Document | Writer | Readers | Cadence | Notes |
|---|---|---|---|---|---|---|
${rows.join('\n')}

Beside the maps: \`${POSTURE_REFERENCE}\`, a linearizable reference, is the posture as in the map of its name; \`${BREAKER_LOCK}\` is the lock
of whoever writes \`acb_boost\`, and the reference \`${BREAKER_FENCE_REFERENCE}\` the highest token that has; \`${SCAN_STREAM}\` is a stream of the newest
scans in order, each as in \`latest_eigen_scan\`. Generic features of strategies stand in \`DOLPHIN_FEATURE_STORE_00..09\` under
\`<feature>_<symbol>\`, routed as the shards are.
`
}

/** What stands in the file of the features, for whoever reads it without a grid. Source: system bible §20.2. */
function featureFile(): string {
  const { schema, name } = ORDER_BOOK_FEATURES
  return `<!-- Made by \`npm run grid:schemas\` from src/core/grid/order-book-documents.ts. -->

# ob_cache/latest_ob_features.json

The features of the last closed bar of every followed contract, as \`dolphin serve order-book\` writes them: the same document as
\`${GRID_MAPS.features}["${FEATURE_KEYS.orderBook}"]\`, always, not only while the grid is away. Its schema is
[${fileOf(name)}](${fileOf(name)}).

The file is replaced as a whole, at most once a second; a reader sees one bar or another, never parts of two. It is not there
before the first bar that ends 60 s after the service began, and it stays when the service ends: whoever reads it looks at how old
\`bar_ts\` is.

| Field | | |
|---|---|---|
${fieldRows('', schema!).join('\n')}

Further fields are allowed, and ignored. A contract that is followed and of which nothing is known at
this bar is there, with no features. A feature that is absent is not known: it is not zero.
`
}

function fieldRows(path: string, schema: Description): string[] {
  if (schema.kind === 'record') return fieldRows(`${path}.<symbol>`, schema.of)
  if (schema.kind !== 'object') return []
  const rows = (fields: Fields, isOptional: boolean): string[] =>
    Object.entries(fields).flatMap(([name, field]) => {
      const of = path === '' ? name : `${path}.${name}`
      const kind = `${kindText(field)}${isOptional ? ', may be absent' : ''}`
      return [`| \`${of}\` | ${kind} | ${field.note ?? ''} |`, ...fieldRows(of, field)]
    })
  return [...rows(schema.required, false), ...rows(schema.optional, true)]
}

function kindText(schema: Description): string {
  switch (schema.kind) {
    case 'number': {
      const { min, max } = schema
      return `number${min === undefined ? '' : max === undefined ? ` from ${min}` : ` ${min} … ${max}`}`
    }
    case 'integer':
      return `integer from ${schema.min}`
    case 'one of':
      return schema.values.join(', ')
    default:
      return 'object'
  }
}

function placesOf(document: GridPlace['document']): string[] {
  return GRID_PLACES.filter((place) => place.document === document).map(
    ({ maps, key }) => `${mapRange(maps)}["${key}"]`,
  )
}

function mapsText(maps: readonly string[]): string {
  return maps.length > 2 ? `\`${mapRange(maps)}\`` : maps.map((map) => `\`${map}\``).join(', ')
}

function mapRange(maps: readonly string[]): string {
  const digits = (map: string) => /\d*$/.exec(map)![0]
  return maps.length > 2 ? `${maps[0]}..${digits(maps.at(-1)!)}` : maps.join(' or ')
}

function fileOf(name: string): string {
  return `${name}.schema.json`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = gridSpecFiles()
  for (const name of storedGridSpecs().keys()) if (!files.has(name)) rmSync(GRID_SPECS + name)
  for (const [name, text] of files) writeFileSync(GRID_SPECS + name, text)
}
