import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { prepare, SCENES } from './commands.js'
import { disorders, type Trial, trials } from './law.js'

let prepared = ''
beforeAll(async () => {
  prepared = mkdtempSync(join(tmpdir(), 'dolphin-faults-'))
  await prepare(prepared)
})
afterAll(() => rmSync(prepared, { recursive: true, force: true }))

/** A few runs of each command; `npx tsx test/faults/faults.ts` does all. */
const FEW = { runs: 6, errors: 1, from: 2 }

async function brokenIn(runs: AsyncIterable<Trial>) {
  const broken: object[] = []
  let count = 0
  for await (const { broken: laws, at, failed, stderr } of runs) {
    count++
    if (laws.length > 0) broken.push({ laws, at, ...failed, stderr })
  }
  return { count, broken }
}

describe.each(SCENES)('dolphin $name shows no stack, names a path and leaves nothing half written', (scene) => {
  test('when a call to the file system fails', async () => {
    expect(await brokenIn(trials(scene, prepared, { ...FEW, stays: false }))).toMatchObject({ broken: [] })
  })

  test('when a disk stays full or read-only', async () => {
    expect(await brokenIn(trials(scene, prepared, { ...FEW, runs: 4, stays: true }))).toMatchObject({ broken: [] })
  })
})

test.each(['paper --resume', 'journal verify', 'scan', 'status validate'])(
  'dolphin %s shows no stack where a file or a lock is a folder, a list, null or garbage',
  async (name) => {
    const scene = SCENES.find((candidate) => candidate.name === name)!
    const { count, broken } = await brokenIn(disorders(scene, prepared))
    expect(broken).toEqual([])
    expect(count).toBeGreaterThan(7)
  },
)
