import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openGridFile } from '../../src/adapters/grid-memory/grid-file.js'
import { readGridFile } from '../../src/adapters/grid-memory/grid-file-format.js'
import { memoryGrid } from '../../src/adapters/grid-memory/memory-grid.js'
import { SurroundingsFailed } from '../../src/base/mistakes.js'
import { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import { untold } from '../adapters/grid-memory/clients.js'
import { temporaryFolder } from '../support/in-process-command.js'
import { withFault } from './failing-files.js'

const folder = temporaryFolder()

describe('the file of a grid on a disk that fails', () => {
  it('is whole whatever call fails, old or new, and whoever opened it is told which file, and why', async () => {
    let calls = 1
    for (let at = 0; at <= calls; at++) {
      for (const error of [at, at + 1]) {
        const path = join(folder.path, `${at} ${error}`, 'grid.jsonl')
        await changedTo(path, 'old')
        const failures: unknown[] = []
        const fault = { under: join(folder.path, `${at} ${error}`), at, error, stays: false }
        const trial = await withFault(fault, () => changedTo(path, 'new', failures).catch((e) => failures.push(e)))
        calls = Math.max(calls, trial.calls)
        for (const failure of failures) {
          expect(failure, trial.failed?.call).toBeInstanceOf(SurroundingsFailed)
          expect((failure as Error).message).toContain(`${at} ${error}`)
        }
        const { records } = await readGridFile(path)
        expect([['old'], ['new']]).toContainEqual(records.map(({ value }) => value))
        if (failures.length === 0) expect(records[0]?.value).toBe('new')
        // Where the lock could not be removed, it goes with the process that held it: here that lives on.
        rmSync(`${path}.lock`, { force: true })
        await changedTo(path, 'next')
        expect((await readGridFile(path)).records[0]?.value).toBe('next')
      }
    }
    expect(calls).toBeGreaterThan(20)
  })
})

/** Opens it, writes one value, closes it. */
async function changedTo(path: string, value: string, failures: unknown[] = []): Promise<void> {
  const kept = await openGridFile({
    file: path,
    timer: new VirtualTime(1_767_571_200_000),
    writeFailed: (failure) => failures.push(failure),
  })
  await memoryGrid({ store: kept.store, listenerFailed: untold }).map('map').set('key', value)
  await kept.close()
}
