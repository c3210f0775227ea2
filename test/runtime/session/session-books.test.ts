import { describe, expect, it } from 'vitest'
import { MemorySessionLog } from '../../../src/adapters/session-log/memory-session-log.js'
import { FileSessionLog } from '../../../src/adapters/session-log/session-log.js'
import type { DecisionRecord } from '../../../src/core/decision/records.js'
import type { OperatorCommand } from '../../../src/ports/sides.js'
import { positionId } from '../../../src/ports/vocabulary/ids.js'
import { SessionBooks } from '../../../src/runtime/session/session-books.js'
import { SessionRecorder } from '../../../src/runtime/session/session-recorder.js'
import { temporaryFolder } from '../../support/in-process-command.js'
import { sessionSettings, tradeOpened } from '../../support/session.js'

const out = temporaryFolder()
const START_MS = sessionSettings().startedAtMs

/** A trade that ends with this result, as the decision side would have recorded it. */
function recordsOf(tradeId: string, netUsd: number): DecisionRecord[] {
  const openedAtMs = START_MS + 60_000
  const opened = tradeOpened({ tradeId: positionId(tradeId), openedAtMs, entryBarAtMs: openedAtMs })
  const closed = {
    tradeId,
    closedAtMs: openedAtMs + 60_000,
    exitBar: 121,
    requestedPrice: '98',
    quantity: '0.5',
    entryValueUsd: '100000',
    exitValueUsd: String(100_000 - netUsd),
    entryFeesUsd: '0',
    exitFeesUsd: '0',
    fundingUsd: '0',
    purpose: 'EXIT' as const,
    reason: 'MAX_HOLD',
  }
  return [{ opened }, { closed }].map(
    (facts, n) => ({ n: n + 1, atMs: closed.closedAtMs, inputs: '', type: 'withdrawn', ...facts }) as DecisionRecord,
  )
}

describe('the books of a session', () => {
  it.each([
    [-100, []],
    [-2_100, ['WARNING drawdown.1']],
    [-5_500, ['CRITICAL drawdown.1']],
    [-8_000, ['EMERGENCY drawdown.1']],
    [8_000, []],
  ])('answer a trade of %d USD with %j', async (net, expected) => {
    const log = await FileSessionLog.open(out.path, sessionSettings())
    const books = new SessionBooks(sessionSettings(), log)
    const alerts = recordsOf('t1', net).flatMap((record) => books.record(record))
    expect(alerts.map(({ level, alertId }) => `${level} ${alertId}`)).toEqual(expected)
    await log.close()
  })

  it.each([
    [-2_100, undefined],
    [-5_500, 'reduce-only'],
    [-8_000, 'kill'],
  ] as const)('order after a trade of %d USD: %s', async (net, command) => {
    const commands: OperatorCommand[] = []
    const recorder = new SessionRecorder({
      books: new SessionBooks(sessionSettings(), new MemorySessionLog()),
      instruct: (command) => commands.push(command),
    })
    for (const record of recordsOf('t1', net)) recorder.recorded(record)
    expect(commands.map(({ command: given }) => given)).toEqual(command === undefined ? [] : [command])
    if (command !== undefined) expect(commands[0]!.reason).toMatch(/^drawdown\.1: capital is \d\d\.00 % below its peak/)
  })
})
