import { afterEach, describe } from 'vitest'
import type { OpenClients, OpenGrid, SharedGrid } from './grid-contract/clients.js'
import { closingContract } from './grid-contract/closing.js'
import { connectionContract } from './grid-contract/connection.js'
import { listenersContract } from './grid-contract/listeners.js'
import { locksContract } from './grid-contract/locks.js'
import { mapsContract } from './grid-contract/maps.js'
import { referencesContract } from './grid-contract/references.js'
import { streamsContract } from './grid-contract/streams.js'

/**
 * What every adapter of the Grid port must do. Every test opens clients of its own and uses names of its own, so the clients of
 * all tests may be those of one cluster.
 */
export function gridContract(name: string, open: OpenGrid): void {
  describe(`the grid contract: ${name}`, () => {
    const opened: SharedGrid[] = []
    const openClients: OpenClients = async () => {
      const failures: unknown[] = []
      const shared = await open((error) => failures.push(error))
      opened.push(shared)
      const [first, second] = shared.clients
      return { first, second, shared, failures }
    }
    afterEach(async () => {
      for (const shared of opened.splice(0)) await shared.end()
    })

    mapsContract(openClients)
    listenersContract(openClients)
    referencesContract(openClients)
    locksContract(openClients)
    streamsContract(openClients)
    connectionContract(openClients)
    closingContract(openClients)
  })
}
