import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { type OperatorCommand, REDUCES_RISK } from '../../ports/sides.js'
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
/** Of a command that does no harm twice: a server under a flood may close a connection before its order is read. */
const TRIES = 20
const PAUSE_MS = 100
/** An answer is a line; what is larger by far is none. */
const MAX_BYTES = 64_000

export interface SendOptions {
  /** For all tries together, ms. */
  readonly timeoutMs?: number
  /** How often it is sent at most, while connections break off. Default: 20 for what reduces risk, and once for the rest. */
  readonly tries?: number
}

/** Sends an operator's command to a status server, and answers within the time whatever the server does. */
export async function sendCommand(
  address: string,
  token: string,
  command: OperatorCommand,
  { timeoutMs = TIMEOUT_MS, tries = REDUCES_RISK[command.command] ? TRIES : 1 }: SendOptions = {},
): Promise<CommandAnswer> {
  const endMs = performance.now() + timeoutMs
  for (let left = tries; ; left--) {
    const answer = await sendOnce(address, token, command, endMs - performance.now())
    const isOver = left <= 1 || performance.now() + PAUSE_MS >= endMs
    if (answer.kind !== 'brokenOff') return answer
    if (isOver) return { kind: 'unknown', detail: answer.detail }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}

/** A connection that was there and ended before the answer did. */
type Attempt = CommandAnswer | { readonly kind: 'brokenOff'; readonly detail: string }

function sendOnce(
  address: string,
  token: string,
  { command, reason }: OperatorCommand,
  timeoutMs: number,
): Promise<Attempt> {
  const url = new URL(`/api/v1/operator/${command}`, address)
  const body = JSON.stringify({ reason })
  return new Promise((resolve) => {
    const unknown = (detail: string) => settle({ kind: 'unknown', detail })
    const brokenOff = (detail: string) => settle({ kind: 'brokenOff', detail })
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }
    const request = url.protocol === 'https:' ? httpsRequest : httpRequest
    const asked = request(url, { method: 'POST', headers, agent: false }, (response) => {
      const whole = (text: string) => settle(answerOf(command, response, text))
      readBody(response, { whole, tooLong: unknown, brokenOff })
    })
    const timer = setTimeout(() => unknown('no whole answer in time'), Math.max(0, timeoutMs))
    let isConnected = false
    asked.on('socket', (socket) => {
      socket.once('connect', () => {
        isConnected = true
      })
    })
    asked.on('error', (error) => {
      if (isConnected) brokenOff(`the connection broke off: ${error.message}`)
      else unknown(`cannot connect: ${reasonOf(error)}`)
    })
    asked.end(body)

    function settle(attempt: Attempt): void {
      clearTimeout(timer)
      asked.destroy()
      resolve(attempt)
    }
  })
}

interface BodyListener {
  whole(text: string): void
  tooLong(detail: string): void
  brokenOff(detail: string): void
}

function readBody(response: IncomingMessage, { whole, tooLong, brokenOff }: BodyListener): void {
  const chunks: Buffer[] = []
  let bytes = 0
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > MAX_BYTES) tooLong(`expected an answer of at most ${MAX_BYTES} bytes`)
    else chunks.push(chunk)
  })
  response.on('error', (error) => brokenOff(`the answer broke off: ${error.message}`))
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
