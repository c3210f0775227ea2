import { MemorySessionLog } from '../../../src/adapters/session-log/memory-session-log.js'
import { sessionLogContract } from '../session-log-contract.js'

sessionLogContract('in memory', async () => {
  const log = new MemorySessionLog()
  return {
    log,
    contents: async () => ({ trades: log.trades, missedEntries: log.missedEntries, summary: log.lastSummary }),
  }
})
