import { MemoryFlowStore } from '../support/memory-flow-store.js'
import { flowStoreContract } from './flow-store-contract.js'

flowStoreContract('in memory', () => {
  const store = new MemoryFlowStore()
  return { open: async () => store }
})
