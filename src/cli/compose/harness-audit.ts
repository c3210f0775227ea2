import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readAuditLine } from '../../adapters/audit/audit-line.js'
import { DataRefused, InputMistake } from '../../base/mistakes.js'
import type { HarnessCycle } from '../../core/decision/recorded-harness.js'
import { displayPath } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'
import type { AuditRecord } from '../../ports/vocabulary/harness.js'
import { notice } from '../shell/terminal.js'
import { judge, readJournal } from './journal-reading.js'

/**
 * The audit of a session's harness, from the folder of the session or of its decision journal; or that of an audit file. It may be
 * written meanwhile.
 *
 * @throws Mistake when there is none, or it is damaged: it names the file.
 */
export async function readHarnessAudit(
  path: string,
  { quiet }: { readonly quiet: boolean },
): Promise<readonly AuditRecord[]> {
  if (!(await isFolder(path))) return auditFile(path)
  const journal = join(path, 'journal', 'decision')
  return journalled((await isThere(journal)) ? journal : path, quiet)
}

async function journalled(folder: string, quiet: boolean): Promise<readonly AuditRecord[]> {
  const records: AuditRecord[] = []
  const reading = await readJournal(folder, {
    label: 'Reading',
    quiet,
    take: (lines) => {
      for (const { harness } of lines) if (harness !== undefined) records.push(...(harness as HarnessCycle).audit)
      return true
    },
  })
  if (reading.kind !== undefined && reading.kind !== 'decision') {
    const message = `expected a decision journal, which has the harness's audit, found that of the ${reading.kind} side`
    throw new InputMistake({ place: { file: displayPath(folder) }, message })
  }
  judge(folder, reading)
  return records
}

async function auditFile(path: string): Promise<readonly AuditRecord[]> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new InputMistake({ place: { file: displayPath(path) }, message: `cannot read the audit: ${reason(error)}` })
  }
  const lines = text.split('\n')
  const unfinished = lines.pop()
  if (unfinished !== '') notice('The last line is being written, or a crash left it unfinished: it is not shown.')
  if (lines.length === 0 && unfinished !== '')
    throw new DataRefused({
      place: { file: displayPath(path) },
      message: 'expected records of an audit, a JSON object a line',
    })
  return lines.map((line, index) => readAuditLine(line, { file: path, line: index + 1 }))
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    throw new InputMistake({ place: { file: displayPath(path) }, message: `cannot read the audit: ${reason(error)}` })
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
