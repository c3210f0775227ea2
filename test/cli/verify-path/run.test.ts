import { describe, expect, it, vi } from 'vitest'
import { register } from '../../../src/cli/verify-path/command.js'
import { type RawVerifyPathOptions, verifyPathOptions } from '../../../src/cli/verify-path/options.js'
import { runVerifyPath } from '../../../src/cli/verify-path/run.js'
import { GRID_MAPS } from '../../../src/core/grid/names.js'
import { SERVICE_HEARTBEAT } from '../../../src/core/grid/watch-documents.js'
import { runCommand } from '../../support/in-process-command.js'
import { sharedGrid } from '../../support/shared-grid.js'

const SHARED = 'hazelcast://127.0.0.1:5701'

/** Rounds, and time that a busy machine needs. */
function options(changes: Partial<RawVerifyPathOptions> = {}) {
  return verifyPathOptions({ grid: SHARED, rounds: '1', timeout: '600', json: true, quiet: true, ...changes })
}

async function run(changes: Partial<RawVerifyPathOptions>, shared: ReturnType<typeof sharedGrid>) {
  const written: string[] = []
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk, ...rest) => {
    written.push(String(chunk))
    rest.find((argument) => typeof argument === 'function')?.()
    return true
  })
  try {
    const code = await runVerifyPath(options(changes), shared)
    return { code, report: JSON.parse(written.join('')) as { held: boolean; hops: { hop: string; held: boolean }[] } }
  } finally {
    spy.mockRestore()
  }
}

async function beat(shared: ReturnType<typeof sharedGrid>, prefix: string, agoMs: number): Promise<void> {
  const atMs = Date.now() - agoMs
  const document = { ts: atMs / 1000, iso: new Date(atMs).toISOString(), name: 'trader', state: 'RUNNING' } as const
  const name = GRID_MAPS.heartbeat.replace('DOLPHIN_', prefix)
  await shared.client().map(name).set('trader', SERVICE_HEARTBEAT.write(document))
}

describe('dolphin verify-path', () => {
  it('holds on a grid that others share, and touches no name of the system', async () => {
    const shared = sharedGrid()
    await beat(shared, 'DOLPHIN_', 0)
    const { code, report } = await run({ rounds: '2' }, shared)
    expect(report.hops.filter(({ held }) => !held)).toEqual([])
    expect(code).toBe(0)
    const names = shared.store.records(Number.POSITIVE_INFINITY).map((record) => Object.values(record)[0] as string)
    expect(names.filter((name) => !name.startsWith('DOLPHIN_VERIFY_'))).toEqual([GRID_MAPS.heartbeat])
  })

  it('leaves of itself a bounded stream, a posture and the answer to its probe', async () => {
    const shared = sharedGrid()
    await run({}, shared)
    const records = shared.store.records(Number.POSITIVE_INFINITY)
    const left = new Set(
      records.map((record) =>
        JSON.stringify(record)
          .match(/^\{"(\w+)":"(\w+)"/)!
          .slice(1)
          .join(' '),
      ),
    )
    expect([...left].toSorted()).toEqual([
      'map DOLPHIN_VERIFY_HEARTBEAT',
      'reference DOLPHIN_VERIFY_SAFETY',
      'stream DOLPHIN_VERIFY_SCANS',
    ])
  })

  it('holds again on a grid where it was run before', async () => {
    const shared = sharedGrid()
    for (let time = 0; time < 2; time++) expect((await run({}, shared)).code).toBe(0)
  })

  it('waits for no other verification on the grid', async () => {
    const shared = sharedGrid()
    await shared.client().lock('DOLPHIN_VERIFY_PATHS').acquire()
    await expect(run({}, shared)).rejects.toThrow('another verification runs on this grid')
  })

  it('says that the grid is away', async () => {
    const shared = sharedGrid()
    const openGrid = async () => {
      const client = shared.client()
      await client.close()
      return client
    }
    await expect(run({}, { ...shared, openGrid })).rejects.toThrow(`${SHARED}: grid closed: `)
  })

  it('takes the names of the system only where nothing runs', async () => {
    const shared = sharedGrid()
    await beat(shared, 'DOLPHIN_', 1_000)
    await expect(run({ prefix: 'DOLPHIN_' }, shared)).rejects.toThrow('found heartbeats of trader')
    await beat(shared, 'DOLPHIN_', 61_000)
    expect((await run({ prefix: 'DOLPHIN_' }, shared)).code).toBe(0)
  })

  it.each([
    [['--rounds', '0'], '--rounds: expected an integer from 1'],
    [['--timeout', '-1'], '--timeout: expected a number above 0'],
    [['--prefix', 'verify'], '--prefix: expected capitals, digits and _'],
    [['--grid', 'somewhere'], '--grid: expected embedded or hazelcast://host:port'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await runCommand(register, ['verify-path', ...args])
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  })
})
