import { describe, expect, it } from 'vitest'
import { loadClient } from '../../../src/adapters/hazelcast/load-client.js'
import { SurroundingsFailed } from '../../../src/base/mistakes.js'

describe('the client of a cluster', () => {
  it('is loaded where it is installed', async () => {
    expect((await loadClient()).Client).toBeTypeOf('function')
  })

  it('that is not installed is asked for by the command that installs it', async () => {
    const missing = Object.assign(new Error("Cannot find package 'hazelcast-client'"), { code: 'ERR_MODULE_NOT_FOUND' })
    const failure = await loadClient(() => Promise.reject(missing)).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(SurroundingsFailed)
    expect((failure as SurroundingsFailed).hint).toBe('Install it: npm install hazelcast-client@^5.6')
  })

  it('that fails otherwise fails as it does', async () => {
    const broken = new Error('broken')
    await expect(loadClient(() => Promise.reject(broken))).rejects.toBe(broken)
  })
})
