import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { BODY_SCHEMAS, envelopeSchema } from '../src/core/link/message-schemas.js'
import { DECIMAL_LENGTH_MAX, DECIMAL_PATTERNS, type Schema } from '../src/core/link/schema.js'
import type { MessageType } from '../src/ports/vocabulary/messages.js'

/** Writes `specs/messages` from what the core checks by: `npm run messages`. One JSON Schema per message, envelope and all. */
const FOLDER = fileURLToPath(new URL('../specs/messages/', import.meta.url))

const DESCRIPTIONS: Readonly<Record<MessageType, string>> = {
  APPROVED_ACTION: 'Decision to execution: an approved action, not yet allowed to open anything.',
  ENTRY_INTENT: 'Execution to decision: about to enter; may I?',
  ENTRY_PERMISSION: 'Decision to execution: yes, this one, this size, once.',
  ENTRY_VETO: 'Decision to execution: no, and why. Where neither this nor a permission comes, the link is broken.',
  EARLY_EXIT_NOW: 'Decision to execution: leave now, in any state; the same exitId again changes nothing.',
  FILL_REPORT:
    'Execution to decision: one fill, of whatever purpose. Slippage in bps of the requested price, positive against us.',
  ENTRY_RESULT: 'Execution to decision: the end of an approved action: no more of it will fill.',
  EXIT_ACK: 'Execution to decision: an exit is on its way, complete, or found nothing open.',
  FUNDING_REPORT: 'Execution to decision: funding settled. Positive was received.',
  ACTIVE_CONTRACT_STATUS: 'Execution to decision: whether a contract is the active one, and trades.',
  ACCOUNT_STATUS: 'Execution to decision: the account as the venue states it. USD.',
  POSITION_STATUS: 'Execution to decision: a position as the venue states it. Signed base units.',
  HEARTBEAT: 'Both ways, every second.',
  RESYNC_REQUEST: 'Both ways: where do you stand? In a new session its first message.',
  RESYNC_STATE: 'Both ways: the answer.',
}

/** File name → text. */
export function messageSchemaFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const type of Object.keys(BODY_SCHEMAS) as MessageType[]) {
    const name = type.toLowerCase().replaceAll('_', '-')
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `dolphin.message.${name}.2`,
      title: type,
      description: `${DESCRIPTIONS[type]} \`sum\` is the CRC-32C of the canonical JSON of the rest, which a schema cannot check.`,
      ...jsonSchemaOf(envelopeSchema(type)),
    }
    files.set(`${name}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`)
  }
  return files
}

export function storedMessageSchemas(): ReadonlyMap<string, string> {
  return new Map(readdirSync(FOLDER).map((name) => [name, readFileSync(FOLDER + name, 'utf8')]))
}

function jsonSchemaOf(schema: Schema): Readonly<Record<string, unknown>> {
  switch (schema.kind) {
    case 'decimal':
      return { type: 'string', maxLength: DECIMAL_LENGTH_MAX, pattern: DECIMAL_PATTERNS[schema.sign] }
    case 'text':
      return { type: 'string', pattern: schema.pattern }
    case 'prose':
      return { type: 'string', maxLength: schema.charactersMax }
    case 'integer':
      return { type: 'integer', minimum: schema.min, maximum: Number.MAX_SAFE_INTEGER }
    case 'number':
      return { type: 'number' }
    case 'boolean':
      return { type: 'boolean' }
    case 'one of':
      return schema.values.length === 1 ? { const: schema.values[0] } : { enum: schema.values }
    case 'nullable':
      return { anyOf: [{ type: 'null' }, jsonSchemaOf(schema.of)] }
    case 'array':
      return { type: 'array', maxItems: schema.itemsMax, items: jsonSchemaOf(schema.of) }
    case 'object':
      return {
        type: 'object',
        additionalProperties: false,
        required: Object.keys(schema.required),
        properties: Object.fromEntries(
          Object.entries({ ...schema.required, ...schema.optional }).map(([key, field]) => [key, jsonSchemaOf(field)]),
        ),
      }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = messageSchemaFiles()
  for (const name of storedMessageSchemas().keys()) if (!files.has(name)) rmSync(FOLDER + name)
  for (const [name, text] of files) writeFileSync(FOLDER + name, text)
}
