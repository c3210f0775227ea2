import { unreachable } from '../../base/assert.js'
import type { Message } from '../../ports/vocabulary/messages.js'
import { BODY_SCHEMAS } from './message-schemas.js'
import type { ObjectSchema, Schema } from './schema.js'

/**
 * A message's body with every prose field cut to the length that its description allows: what a venue, a strategy or a
 * person has to say may be of any length. The body itself when nothing is too long.
 */
export function clippedBody({ type, body }: Message): Message['body'] {
  const clip = CLIPS.get(type)
  return clip === undefined ? body : (clip(body) as Message['body'])
}

type Clip = (value: unknown) => unknown

/** The first `charactersMax` code points, so that no surrogate pair is split. */
export function clipped(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text
  let end = 0
  for (let count = 0; count < charactersMax && end < text.length; count++) {
    end += text.codePointAt(end)! > 0xffff ? 2 : 1
  }
  return end === text.length ? text : text.slice(0, end)
}

/** Undefined: no prose is in it, and nothing has to be looked at. */
function clipOf(schema: Schema): Clip | undefined {
  switch (schema.kind) {
    case 'prose':
      return (value) => clipped(value as string, schema.charactersMax)
    case 'nullable': {
      const clip = clipOf(schema.of)
      return clip && ((value) => (value === null ? null : clip(value)))
    }
    case 'array': {
      const clip = clipOf(schema.of)
      return clip && ((value) => clippedItems(value as readonly unknown[], clip))
    }
    case 'object':
      return objectClip(schema)
    case 'decimal':
    case 'text':
    case 'integer':
    case 'number':
    case 'boolean':
    case 'one of':
      return undefined
    default:
      return unreachable(schema)
  }
}

function clippedItems(items: readonly unknown[], clip: Clip): readonly unknown[] {
  const cut = items.map(clip)
  return cut.some((item, i) => item !== items[i]) ? cut : items
}

function objectClip({ required, optional }: ObjectSchema): Clip | undefined {
  const clips: (readonly [string, Clip])[] = []
  for (const [key, schema] of Object.entries({ ...required, ...optional })) {
    const clip = clipOf(schema)
    if (clip !== undefined) clips.push([key, clip])
  }
  if (clips.length === 0) return undefined
  return (value) => {
    const fields = value as Readonly<Record<string, unknown>>
    let cut = fields
    for (const [key, clip] of clips) {
      const field = fields[key]
      if (field === undefined) continue
      const short = clip(field)
      if (short !== field) cut = { ...cut, [key]: short }
    }
    return cut
  }
}

const CLIPS: ReadonlyMap<string, Clip> = new Map(
  Object.entries(BODY_SCHEMAS).flatMap(([type, schema]) => {
    const clip = objectClip(schema)
    return clip === undefined ? [] : [[type, clip] as const]
  }),
)
