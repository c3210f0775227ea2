import { statSync } from 'node:fs'
import { InputMistake } from '../../base/mistakes.js'
import { displayPath } from '../../files/package-files.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { type Colours, coloursFor, printResult, textOfLines } from '../shell/terminal.js'
import { type Clock, clockFindings, measureClock } from './clock.js'
import { configurationFindings, secretFindings } from './configuration.js'
import { type Finding, worstOf } from './finding.js'
import { diskFindings, limitFindings, type Machine, machine, versionFindings } from './machine.js'

export interface RawDoctorOptions {
  readonly config?: string
  readonly execution?: string
  readonly instruments?: string
  readonly folder?: string
  readonly timeUrl?: string
  readonly json?: boolean
  readonly color?: boolean
}

/** What `dolphin doctor --json` prints. It names no user, host, or home folder, and no secret. */
export interface Diagnosis {
  readonly schema: 'dolphin.doctor/1'
  readonly machine: Machine
  readonly clock: Clock
  readonly findings: readonly Finding[]
}

/** Looks at everything, prints it, and answers 1 when something must be put right. */
export async function doctor(raw: RawDoctorOptions): Promise<ExitCode> {
  const folder = raw.folder ?? '.'
  refuseNoFolder(folder)
  const clock = await measureClock(raw.timeUrl)
  const facts = machine()
  const findings: Finding[] = [
    ...versionFindings(facts),
    ...clockFindings(clock),
    ...(await diskFindings(folder)),
    ...limitFindings(facts),
    ...(await configurationFindings(raw)),
    ...secretFindings(),
  ]
  const diagnosis: Diagnosis = { schema: 'dolphin.doctor/1', machine: facts, clock, findings }
  if (raw.json === true) await printResult(`${JSON.stringify(diagnosis, null, 2)}\n`)
  else await printResult(diagnosisText(diagnosis, coloursFor(process.stdout, raw.color ?? true)))
  return worstOf(findings) === 'bad' ? EXIT.failed : EXIT.ok
}

function refuseNoFolder(folder: string): void {
  const entry = statSync(folder, { throwIfNoEntry: false })
  if (entry?.isDirectory() === true) return
  const found = entry === undefined ? 'nothing there' : 'a file'
  throw new InputMistake({ place: '--folder', message: `expected a folder, found ${found}: ${displayPath(folder)}` })
}

function diagnosisText({ machine: { versions, platform }, findings }: Diagnosis, colours: Colours): string {
  const paint = { ok: colours.green, warn: colours.yellow, bad: colours.red }
  const word = { ok: 'ok  ', warn: 'WARN', bad: 'BAD ' }
  const lines = findings.flatMap(({ state, check, says, remedy }) => [
    `${paint[state](word[state])}  ${check.padEnd(14)} ${says}`,
    ...(remedy === undefined ? [] : [colours.dim(`${' '.repeat(21)}${remedy}`)]),
  ])
  const head = `dolphin-engine ${versions.dolphin}, Node ${versions.node}, ${platform.os} ${platform.release} ${platform.arch}`
  const size = `${platform.cores} × ${platform.processor}, ${platform.memoryGiB} GiB`
  return textOfLines([head, size, '', ...lines])
}
