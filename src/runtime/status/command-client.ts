import type { OperatorCommand } from '../../ports/sides.js'
import type { CommandOutcome } from '../../ports/status-surface.js'

/** The server's answer: what became of the command, or why it was not taken. */
export type CommandAnswer =
  | { readonly taken: true; readonly outcome: CommandOutcome }
  | { readonly taken: false; readonly httpStatus: number; readonly detail: string }

const TIMEOUT_MS = 10_000

/**
 * Sends an operator's command to a status server.
 *
 * @throws Error when there is no answer, which says nothing about whether the command was carried out.
 */
export async function sendCommand(
  address: string,
  token: string,
  { command, reason }: OperatorCommand,
  timeoutMs = TIMEOUT_MS,
): Promise<CommandAnswer> {
  const response = await fetch(new URL(`/api/v1/operator/${command}`, address), {
    method: 'POST',
    redirect: 'error',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ reason }),
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: Error) => {
    if (error.name === 'TimeoutError') throw new Error(`no answer within ${timeoutMs / 1000} s`)
    throw new Error(`cannot connect: ${error.cause instanceof Error ? error.cause.message : error.message}`)
  })
  const body = (await response.json().catch(() => undefined)) as Readonly<Record<string, unknown>> | undefined
  const { inForce, durable, detail } = body ?? {}
  if (typeof inForce === 'boolean' && typeof durable === 'boolean') {
    return { taken: true, outcome: { inForce, durable, detail: String(detail) } }
  }
  return {
    taken: false,
    httpStatus: response.status,
    detail: typeof detail === 'string' ? detail : response.statusText,
  }
}
