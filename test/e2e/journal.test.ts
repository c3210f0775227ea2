import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { EMPTY_JOURNAL, recordLine, segmentName } from '../../src/core/journal/frame.js'
import { journalFormat } from '../../src/core/journal/journal-format.js'
import type { JournalRecord } from '../../src/ports/journal.js'
import { dolphin, MAIN, ROOT, temporaryFolder } from './dolphin.js'

const RECORDS = 60_000

const folder = temporaryFolder()

/** Several reads long, and more than a pipe holds. */
function writeJournal(): void {
  const format = journalFormat<JournalRecord>('execution', 'b1')
  let text = format.header({ ...EMPTY_JOURNAL, id: '00000000000000aa' })
  for (let n = 1; n <= RECORDS; n++) text += recordLine({ n, atMs: n, inputs: '00c0ffee', type: 'x'.repeat(50) })
  writeFileSync(join(folder.path, segmentName(1)), text + format.mark(RECORDS))
}

it('loads what it needs only when it runs', () => {
  const command = readFileSync(join(ROOT, 'src/cli/journal/command.ts'), 'utf8')
  const imports = [...command.matchAll(/^import (?!type\b).* from '(.+)'/gm)].map(([, from]) => from)
  expect(imports).toEqual(['../shell/exit-codes.js'])
})

it('prints every record to a slow reader, and ends quietly when the reader goes away', async () => {
  writeJournal()
  const { code, stdout, stderr } = await dolphin(['journal', 'show', folder.path, '--json'])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout.split('\n')).toHaveLength(RECORDS + 1)
  const command = `set -o pipefail; "${process.execPath}" "${MAIN}" journal show "${folder.path}" | head -1`
  const shell = spawnSync('bash', ['-c', command], { encoding: 'utf8' })
  expect([shell.status, shell.stderr]).toEqual([0, ''])
  expect(shell.stdout).toMatch(/^ {6}1 {2}1970-01-01T00:00:00\.001Z {2}x+ +\{\}\n$/)
})

it('stops at Ctrl-C and says how far it got', async () => {
  writeJournal()
  const { code, stderr } = await dolphin(['journal', 'show', folder.path], {
    during: (child) => child.stdout!.once('data', () => child.kill('SIGINT')),
  })
  expect(code).toBe(130)
  expect(stderr).toMatch(/^Stopping at the end of this block\. .*\nInterrupted behind record \d+\.\n$/)
})

it('is refused with exit code 1 by verify and 3 by replay when it is damaged', async () => {
  writeJournal()
  const path = join(folder.path, segmentName(1))
  const bytes = readFileSync(path)
  bytes[bytes.length >> 1]! ^= 1
  writeFileSync(path, bytes)
  const verified = await dolphin(['journal', 'verify', folder.path])
  expect(verified.code).toBe(1)
  expect(verified.stdout).toMatch(
    /damaged {2}.*journal-00000001\.log: damaged at record \d+, byte \d+: expected record \d+, /,
  )
  expect((await dolphin(['journal', 'replay', folder.path])).code).toBe(3)
})
