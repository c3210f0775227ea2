import { dashboardPage } from '../../adapters/http/dashboard-page.js'
import { type StatusServer, serveStatus } from '../../adapters/http/status-server.js'
import { SurroundingsFailed } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { readSecret } from '../../config/secret.js'
import type { StatusSurface } from '../../ports/status-surface.js'
import { processLimits } from '../shell/process-limits.js'
import { coloursFor, notice } from '../shell/terminal.js'
import { isLoopback, type ServeAddress, type ServeChoice, TOKEN_VARIABLE } from './serve-address.js'

/** What an operator must show at a server that is asked for; undefined: it takes no commands. */
export function operatorToken(options: ServeChoice): string | undefined {
  return options.serve === undefined ? undefined : readSecret({ variable: TOKEN_VARIABLE, file: options.tokenFile })
}

/**
 * Serves a running system and its dashboard, and says where. What it says goes to stderr whether quiet or not: with port 0
 * nobody could know otherwise.
 */
export async function serve(
  surface: StatusSurface,
  address: ServeAddress,
  options: { readonly token: string | undefined; readonly name: string },
): Promise<StatusServer> {
  const { token } = options
  const server = await serveStatus(surface, {
    ...address,
    page: await dashboardPage(),
    nowMs: () => performance.now(),
    tell: notice,
    ...present({ token, openFiles: processLimits().openFiles ?? undefined }),
  }).catch((error: Error) => {
    const message = `cannot listen at ${address.host}:${address.port}: ${error.message}`
    throw new SurroundingsFailed({ place: '--serve', message })
  })
  notice(
    `${options.name} at ${server.address}${token === undefined ? `, read-only: no token in ${TOKEN_VARIABLE}` : ''}`,
  )
  if (!isLoopback(address)) {
    const colours = coloursFor(process.stderr)
    const warning = `${server.address} can be reached from other machines, unencrypted: whoever reads along can read the token.`
    notice(colours.bold(colours.red(`WARNING: ${warning}`)))
  }
  return server
}
