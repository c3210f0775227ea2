import type { IncomingMessage } from 'node:http'
import { type OperatorCommand, REDUCES_RISK } from '../../ports/sides.js'

/** An answer that is not the one hoped for, as a problem document (RFC 9457). */
export interface HttpProblem {
  readonly status: number
  readonly title: string
  readonly detail: string
}

/** A reason is one sentence; the body holds nothing else. */
const MAX_BODY_BYTES = 4_096
const MAX_REASON = 500

export function isCommand(name: string): name is OperatorCommand['command'] {
  return Object.hasOwn(REDUCES_RISK, name)
}

/** Reads `{"reason": "…"}`; a command without a reason is none. */
export async function readCommand(
  request: IncomingMessage,
  command: OperatorCommand['command'],
): Promise<OperatorCommand | HttpProblem> {
  const type = request.headers['content-type'] ?? ''
  if (!/^application\/json\b/i.test(type)) {
    return problem(415, 'Unsupported media type', `expected application/json, found ${type || 'none'}`)
  }
  const body = await readBody(request)
  if (typeof body !== 'string') return body
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch (error) {
    return problem(400, 'Bad request', `expected JSON, found ${(error as Error).message}`)
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return problem(422, 'Unprocessable content', 'expected an object with a reason')
  }
  const stranger = Object.keys(parsed).find((key) => key !== 'reason')
  if (stranger !== undefined) return problem(422, 'Unprocessable content', `expected only reason, found ${stranger}`)
  const { reason } = parsed as { reason?: unknown }
  if (typeof reason !== 'string' || reason.trim() === '' || reason.length > MAX_REASON) {
    return problem(422, 'Unprocessable content', `reason: expected a text of 1 to ${MAX_REASON} characters`)
  }
  return { command, reason: reason.trim() }
}

export function isProblem(value: object): value is HttpProblem {
  return 'title' in value
}

export function problem(status: number, title: string, detail: string): HttpProblem {
  return { status, title, detail }
}

async function readBody(request: IncomingMessage): Promise<string | HttpProblem> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length
    if (bytes > MAX_BODY_BYTES) return problem(413, 'Content too large', `expected at most ${MAX_BODY_BYTES} bytes`)
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}
