import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { present } from '../../base/present.js'
import { loadConfig } from '../../config/strategy-config.js'
import { CHAMPION_HASH, parametersHash } from '../../core/engine/parameters.js'
import { AppendFile } from '../../files/append-file.js'
import { packageFile } from '../../files/package-files.js'
import { writeAtomically } from '../../files/whole-file.js'
import type { Grid } from '../../ports/grid.js'
import { COLOURS, type Colour, type FlowKey } from '../../ports/vocabulary/flows.js'
import type { Posture } from '../../ports/vocabulary/market.js'
import type { FlowWork } from '../../runtime/flows/flow-work.js'
import type { FlowParts, FlowStrategy } from '../../runtime/flows/tasks/flow-parts.js'
import { flowWork } from '../../runtime/flows/tasks/flow-works.js'
import { readFlowDay } from './flow-days.js'
import { threadedAssessor } from './forewarner-assessor.js'
import { openGrid } from './grid.js'
import { runPaperDay } from './paper-day.js'
import type { RunSettings } from './run-settings.js'
import { runSupervisedDay } from './supervised-day.js'

/** What the flows work with. */
export interface FlowTasksChoice {
  /** `embedded`, or of a cluster; `file` keeps an embedded one. */
  readonly grid: { readonly url: string; readonly file?: string }
  /** Folder of days `YYYY-MM-DD.parquet`, or `.jsonl`. */
  readonly days: string
  /** Files of the configurations; absent: the packaged ones. */
  readonly strategies?: Readonly<Partial<Record<Colour, string>>>
  /** USDT that every run begins with; absent: what was recorded. */
  readonly capital?: number
  /** Absent: what the survival service has published. */
  readonly posture?: Posture
  /** Folder of the paper logs, one in it for each configuration. */
  readonly paperLogs: string
  /** Folder of the forewarner's reports. */
  readonly reports: string
  /** A file of closed trades for the forewarner, beside those of the grid. */
  readonly forewarnerTrades?: string
  /** The settings of a day's run, as the commands that run one would make them. */
  runOf(of: DayRun): RunSettings
  /** What a person should know. */
  report(text: string): void
}

/** What a day's run is asked with. */
export interface DayRun {
  /** File of the configuration. */
  readonly config: string
  readonly posture: Posture
  /** USDT, where the run begins with it. */
  readonly capital?: number
}

export interface FlowTasks {
  /** The work of a run: of each run a new one. */
  workOf(key: FlowKey): FlowWork
  close(): Promise<void>
}

/** Opens the grid, and puts together the work of the flows' tasks. @throws Mistake */
export async function openFlowTasks(choice: FlowTasksChoice): Promise<FlowTasks> {
  const { report } = choice
  const grid = await openGrid({ ...choice.grid, report })
  const parts = new Map(COLOURS.map((colour) => [colour, partsOf(colour, choice, grid)]))
  return {
    workOf: ({ flow, colour }) => flowWork(flow, parts.get(colour)!),
    close: () => grid.close(),
  }
}

function partsOf(colour: Colour, choice: FlowTasksChoice, grid: Grid): FlowParts {
  const { days, capital, posture, paperLogs, reports, report, strategies, forewarnerTrades, runOf } = choice
  const config = strategies?.[colour] ?? packageFile('configs', `${colour}.yml`)
  return {
    ...{ colour, grid, warn: report },
    ...present({ capital, posture }),
    strategy: () => strategyOf(config),
    loadDay: (date) => readFlowDay(days, date),
    paperDay: ({ posture, ...request }) => runPaperDay(runOf({ config, posture }), request),
    supervisedDay: ({ posture, ...request }) =>
      runSupervisedDay(runOf({ config, posture, capital: request.capital }), request, report),
    assess: threadedAssessor(present({ trades: forewarnerTrades })),
    logLine: (line) => appendOnce(join(paperLogs, colour, 'pnl.jsonl'), line),
    report: async (name, text) => {
      await mkdir(reports, { recursive: true })
      await writeAtomically(join(reports, name), text)
    },
  }
}

function strategyOf(file: string): FlowStrategy {
  const { strategy, parameters, initialCapital, research } = loadConfig(file)
  return {
    ...{ strategy, initialCapital, seed: parameters.seed },
    parametersHash: parametersHash(parameters),
    championHash: research ? undefined : CHAMPION_HASH,
    leverage: { max: parameters.max_leverage, absoluteMax: parameters.abs_max_leverage },
  }
}

async function appendOnce(path: string, line: { readonly effect_key: string }): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const { file, lines } = await AppendFile.open(path)
  try {
    const mark = JSON.stringify(line.effect_key)
    if (!lines.some((there) => there.includes(mark))) file.append(JSON.stringify(line))
    await file.flush()
  } finally {
    await file.close()
  }
}
