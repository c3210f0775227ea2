import { describe, expect, it } from 'vitest'
import type { GridState } from '../../../src/ports/grid.js'
import { leaveTime, until } from '../../support/until.js'
import { fresh, type OpenClients } from './clients.js'

export function connectionContract(open: OpenClients): void {
  describe('a client', () => {
    it('gives the same object for the same name', async () => {
      const { first } = await open()
      const name = fresh('any')
      expect(first.map(name)).toBe(first.map(name))
      expect(first.reference(name)).toBe(first.reference(name))
      expect(first.lock(name)).toBe(first.lock(name))
      expect(first.stream(name)).toBe(first.stream(name))
      expect(first.map(name)).not.toBe(first.map(fresh('other')))
      for (const thing of [first.map(name), first.reference(name), first.lock(name), first.stream(name)]) {
        expect(thing.name).toBe(name)
      }
    })

    it('is connected from the start on, and closed once it was closed', async () => {
      const { first, second, shared } = await open()
      expect(first.connection).toBe(first.connection)
      expect(first.connection.isEmbedded).toBe(shared.isEmbedded)
      expect(first.connection.state).toBe('CONNECTED')
      expect(first.connection.members).toBeGreaterThanOrEqual(1)
      if (shared.isEmbedded) expect(first.connection.members).toBe(1)
      await first.close()
      expect(first.connection.state).toBe('CLOSED')
      expect(second.connection.state).toBe('CONNECTED')
    })

    it('tells its listeners that it is closed, not during the call, and none who was taken away', async () => {
      const { first } = await open()
      let isCalling = false
      let during = 0
      const told: GridState[] = []
      const gone: GridState[] = []
      first.connection.listen((state) => {
        if (isCalling) during++
        told.push(state)
      })
      const takeAway = first.connection.listen((state) => gone.push(state))
      takeAway()
      takeAway()
      isCalling = true
      const closing = first.close()
      isCalling = false
      await closing
      await until(() => told.includes('CLOSED'))
      await leaveTime(20)
      expect(told.filter((state) => state === 'CLOSED')).toHaveLength(1)
      expect(told.at(-1)).toBe('CLOSED')
      expect(gone).toEqual([])
      expect(during).toBe(0)
    })

    it('reports a listener of its connection that throws, and tells the others', async () => {
      const { first, failures } = await open()
      const told: GridState[] = []
      first.connection.listen(() => {
        throw new Error('from a listener of the connection')
      })
      first.connection.listen((state) => told.push(state))
      await first.close()
      await until(() => told.includes('CLOSED'))
      await until(() => failures.length > 0)
      expect(failures[0]).toEqual(new Error('from a listener of the connection'))
    })
  })
}
