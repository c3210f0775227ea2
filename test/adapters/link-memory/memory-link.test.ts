import { memoryLinkPair } from '../../../src/adapters/link-memory/memory-link.js'
import { linkContract } from '../link-contract.js'

linkContract('in memory', async () => {
  const [left, right] = memoryLinkPair()
  return { left, right }
})
