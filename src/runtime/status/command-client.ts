import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { OperatorCommand } from '../../ports/sides.js'
import type { CommandOutcome } from '../../ports/status-surface.js'

/**
 * What is known of a command after it was sent: the server's word on what became of it, that the server refused it, or
 * nothing. Only an answer that is there to its last byte says anything.
 */
export type CommandAnswer =
  | { readonly kind: 'outcome'; readonly outcome: CommandOutcome }
  | { readonly kind: 'refused'; readonly httpStatus: number; readonly detail: string }
  | { readonly kind: 'unknown'; readonly detail: string }

const TIMEOUT_MS = 10_000
/** An answer is a line; what is larger by far is none. */
const MAX_BYTES = 64_000

/** Sends an operator's command to a status server, and answers within `timeoutMs` whatever the server does. */
export function sendCommand(
  address: string,
  token: string,
  { command, reason }: OperatorCommand,
  timeoutMs = TIMEOUT_MS,
): Promise<CommandAnswer> {
  const url = new URL(`/api/v1/operator/${command}`, address)
  const body = JSON.stringify({ reason })
  return new Promise((resolve) => {
    const unknown = (detail: string) => settle({ kind: 'unknown', detail })
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }
    const request = url.protocol === 'https:' ? httpsRequest : httpRequest
    const asked = request(url, { method: 'POST', headers, agent: false }, (response) => {
      readBody(response, (text) => settle(answerOf(command, response, text)), unknown)
    })
    const timer = setTimeout(() => unknown(`no whole answer within ${(timeoutMs / 1000).toFixed(1)} s`), timeoutMs)
    let isConnected = false
    asked.on('socket', (socket) => {
      socket.once('connect', () => {
        isConnected = true
      })
    })
    asked.on('error', (error) =>
      unknown(isConnected ? `the connection broke off: ${error.message}` : `cannot connect: ${reasonOf(error)}`),
    )
    asked.end(body)

    function settle(answer: CommandAnswer): void {
      clearTimeout(timer)
      asked.destroy()
      resolve(answer)
    }
  })
}

function readBody(response: IncomingMessage, whole: (text: string) => void, broken: (detail: string) => void): void {
  const chunks: Buffer[] = []
  let bytes = 0
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > MAX_BYTES) broken(`expected an answer of at most ${MAX_BYTES} bytes`)
    else chunks.push(chunk)
  })
  response.on('error', (error) => broken(`the answer broke off: ${error.message}`))
  response.on('end', () => whole(Buffer.concat(chunks).toString('utf8')))
}

/**
 * A whole answer. A server refuses with 4xx; what is any other answer than these may come from somebody between, or after
 * the command was carried out.
 */
function answerOf(command: string, response: IncomingMessage, text: string): CommandAnswer {
  const { statusCode: httpStatus = 0, statusMessage = '' } = response
  const body = objectIn(text)
  const { command: told, inForce, durable, detail } = body ?? {}
  const type = response.headers['content-type'] ?? 'no content type'
  if (typeof inForce === 'boolean' && typeof durable === 'boolean') {
    const isOurs = told === command && /^application\/json\b/i.test(type) && httpStatus === (inForce ? 200 : 409)
    if (isOurs) return { kind: 'outcome', outcome: { inForce, durable, detail: String(detail) } }
  } else if (httpStatus >= 400 && httpStatus < 500) {
    return { kind: 'refused', httpStatus, detail: typeof detail === 'string' ? detail : statusMessage }
  }
  const problem = typeof detail === 'string' ? `: ${detail}` : ''
  return { kind: 'unknown', detail: `expected an answer to ${command}, found status ${httpStatus}, ${type}${problem}` }
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined
  } catch {
    return undefined
  }
}

/** Where a name has several addresses Node tells what each of them answered, and nothing itself. */
function reasonOf(error: Error): string {
  return error instanceof AggregateError ? error.errors.map(({ message }: Error) => message).join('; ') : error.message
}
