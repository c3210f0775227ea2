import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InputMistake, Interrupted } from '../../base/mistakes.js'
import { didYouMean } from '../../base/suggest.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { reportJson } from '../shell/report-json.js'
import { stopSignals } from '../shell/signals.js'
import { coloursFor, notice, printResult, textOfLines } from '../shell/terminal.js'
import { DRILLS, type Drill } from './drills.js'
import { EXCHANGE_DRILLS, type ExchangeDrill } from './exchange-drills.js'
import { ExchangeRig } from './exchange-rig.js'
import { PaperRig } from './paper-rig.js'
import type { DrillResult, DrillRun } from './result.js'

export interface RawDrillOptions {
  readonly json?: boolean
  readonly quiet?: boolean
  readonly color?: boolean
}

/** Runs `dolphin drill`. Answers 1 when a drill failed. */
export async function runDrills(names: readonly string[], options: RawDrillOptions): Promise<ExitCode> {
  const drills = chosen(names)
  const signals = stopSignals({ stdin: false })
  const interruption = new AbortController()
  void signals.stopped.then((cause) => interruption.abort(new Interrupted(`Interrupted by ${cause}.`)))
  const results: DrillResult[] = []
  try {
    for (const { drill, rig } of drills) {
      if (!options.quiet) notice(`${drill.name}: ${drill.provokes}`)
      const result = await runDrill(rig, interruption.signal)
      results.push(result)
      if (!options.json) await printResult(line(result, options))
    }
  } finally {
    signals.release()
  }
  const passed = results.every((result) => result.passed)
  if (options.json) await printResult(reportJson({ schema: 'dolphin.drill/1', passed, drills: results }))
  return passed ? EXIT.ok : EXIT.failed
}

interface ChosenDrill {
  readonly drill: Pick<Drill | ExchangeDrill, 'name' | 'provokes'>
  rig(folder: string): DrillRun
}

const KNOWN: readonly ChosenDrill[] = [
  ...DRILLS.map((drill) => ({ drill, rig: (folder: string) => new PaperRig(drill, folder) })),
  ...EXCHANGE_DRILLS.map((drill) => ({ drill, rig: (folder: string) => new ExchangeRig(drill, folder) })),
]

function chosen(names: readonly string[]): readonly ChosenDrill[] {
  if (names.includes('all')) return KNOWN
  const known = KNOWN.map(({ drill }) => drill.name)
  const stranger = names.find((name) => !known.includes(name))
  if (stranger !== undefined) {
    throw new InputMistake(
      `expected all or one of ${known.join(', ')}, found ${stranger}${didYouMean(stranger, known)}`,
    )
  }
  return KNOWN.filter(({ drill }) => names.includes(drill.name))
}

function line({ drill, passed, shownAfterMs, activeAfterMs, problem }: DrillResult, options: RawDrillOptions): string {
  const colours = coloursFor(process.stdout, options.color ?? true)
  if (!passed) return textOfLines([`${colours.red('FAIL')}  ${drill}: ${problem}`])
  return `${colours.green('PASS')}  ${drill}: shown after ${seconds(shownAfterMs)}, Active after ${seconds(activeAfterMs)}\n`
}

function seconds(ms: number | null): string {
  return ms === null ? 'never' : `${(ms / 1000).toFixed(1)} s`
}

/** Everything that a drill makes is in a folder of its own, and gone afterwards. */
async function runDrill(makeRig: ChosenDrill['rig'], signal: AbortSignal): Promise<DrillResult> {
  signal.throwIfAborted()
  const folder = await mkdtemp(join(tmpdir(), 'dolphin-drill-'))
  const rig = makeRig(folder)
  const stop = () => void rig.end()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await rig.run()
  } catch (error) {
    signal.throwIfAborted()
    return rig.result((error as Error).message)
  } finally {
    signal.removeEventListener('abort', stop)
    await rig.end()
    await rm(folder, { recursive: true, force: true })
  }
}
