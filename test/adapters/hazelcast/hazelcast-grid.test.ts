import { afterAll, beforeAll, describe } from 'vitest'
import { hazelcastGrid } from '../../../src/adapters/hazelcast/hazelcast-grid.js'
import type { OpenGrid } from '../../ports/grid-contract/clients.js'
import { gridContract } from '../../ports/grid-contract.js'
import { gridLaw } from '../../ports/grid-law.js'
import { type HazelcastCluster, hasHazelcast, startCluster } from '../../support/hazelcast-cluster.js'

const STREAM_CAPACITY = 50
/** Of a machine that is busy: the contract is about what is answered. */
const PATIENT_MS = 60_000

describe.skipIf(!hasHazelcast())('a grid of Hazelcast members', () => {
  for (const [name, members] of [
    ['one member', 1],
    ['three members', 3],
  ] as const) {
    describe(name, () => {
      let cluster: HazelcastCluster
      beforeAll(async () => {
        cluster = await startCluster(members, { streamCapacity: STREAM_CAPACITY, silentSeconds: PATIENT_MS / 1_000 })
      })
      afterAll(() => cluster.end())

      const open: OpenGrid = async (listenerFailed) => {
        const settings = { ...cluster.address, deadlineMs: PATIENT_MS, silentMs: PATIENT_MS, listenerFailed }
        const clients = [await hazelcastGrid(settings), await hazelcastGrid(settings)] as const
        return {
          clients,
          isEmbedded: false,
          streamCapacity: STREAM_CAPACITY,
          async end() {
            await Promise.all(clients.map((client) => client.close()))
          },
        }
      }

      gridContract(name, open)
      gridLaw(name, open, { numRuns: 10, stepsMax: 40 })
    })
  }
})
