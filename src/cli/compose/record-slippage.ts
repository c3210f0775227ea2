import { readSession } from '../../adapters/session-log/read-session.js'
import { slippageBpsOf } from '../../core/assumptions/session-evidence.js'
import { exitAtMs } from '../../core/performance/daily-book.js'

/**
 * What fills cost in sessions that were on paper at the prices of now, basis points, the oldest first: before a session at the
 * exchange has traded, nothing else says how far prices slip. A folder that cannot be read says nothing; its gate says why.
 */
export async function recordSlippageBps(folders: readonly string[]): Promise<readonly number[]> {
  const sessions = await Promise.all(folders.map((folder) => readSession(folder).catch(() => undefined)))
  const trades = sessions.flatMap((session) => session?.trades ?? [])
  return slippageBpsOf(trades.toSorted((a, b) => exitAtMs(a) - exitAtMs(b)))
}
