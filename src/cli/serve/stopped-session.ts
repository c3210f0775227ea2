import { join } from 'node:path'
import { readSession } from '../../adapters/session-log/read-session.js'
import { SessionLogError } from '../../adapters/session-log/refusal.js'
import { SETTINGS_FILE } from '../../adapters/session-log/settings.js'
import { DataRefused, InputMistake, type Problem } from '../../base/mistakes.js'
import { loadInstruments } from '../../config/instruments.js'
import { DecisionSide } from '../../core/decision/decision-side.js'
import type { DecisionInput } from '../../core/decision/event.js'
import type { DecisionRecord } from '../../core/decision/records.js'
import { ExecutionSide } from '../../core/execution/execution-side.js'
import type { ExecutionRecord } from '../../core/execution/records.js'
import { ExecutionRecovery } from '../../core/execution/recover.js'
import { EXECUTION_DEFAULTS } from '../../core/execution/settings.js'
import { displayPath } from '../../files/package-files.js'
import type { CommonInput, ExecutionInput, Side, Timed } from '../../ports/sides.js'
import type { SideHost } from '../../runtime/host/side-host.js'
import { SessionSurface } from '../../runtime/status/session-surface.js'
import { StandingCommands } from '../../runtime/status/standing-commands.js'
import { firstRecord, judge, readJournal } from '../compose/journal-reading.js'
import { decisionRecovery, takeFollowing } from '../compose/recovered-decision.js'
import type { RunSettings } from '../compose/run-settings.js'
import { DEFAULT_ADDRESS, serveAddress } from '../compose/serve-address.js'
import { killSwitchBeside } from '../compose/served-session.js'
import { journalFolder } from '../compose/session-settings.js'
import { serve } from '../compose/status-server.js'
import { runOfSession } from '../run-options.js'
import { codeHash } from '../shell/code-hash.js'
import type { ExitCode } from '../shell/exit-codes.js'
import { stopExitCode, stopSignals } from '../shell/signals.js'
import { notice } from '../shell/terminal.js'

export interface RawServeStatusOptions {
  readonly journal: string
  readonly serve?: string
  readonly killSwitch?: string
  readonly quiet?: boolean
}

/** Runs `dolphin serve status` until it is told to stop. */
export async function runServeStatus(raw: RawServeStatusOptions): Promise<ExitCode> {
  const problems: Problem[] = []
  const address = serveAddress(raw.serve ?? DEFAULT_ADDRESS, problems)
  if (address === undefined) throw new InputMistake(problems)
  const surface = await stoppedSession(raw)
  const signals = stopSignals({ stdin: false })
  const server = await serve(surface, address, { token: undefined, name: 'Status' })
  try {
    return stopExitCode(await signals.stopped)
  } finally {
    signals.release()
    await server.close()
    surface.close()
  }
}

/** The sides as a start would find them: recovered, started, and with nobody to talk to. */
async function stoppedSession(raw: RawServeStatusOptions): Promise<SessionSurface> {
  const { settings } = await readSession(raw.journal).catch((error: unknown) => {
    if (error instanceof SessionLogError) throw new DataRefused(error.message)
    throw error
  })
  const folder = journalFolder(raw.journal, 'decision')
  const standing = new StandingCommands(raw.killSwitch ?? killSwitchBeside(folder))
  const identity = {
    strategyId: settings.strategy,
    configHash: settings.hashes.config.slice(0, HASH_DIGITS),
    buildId: codeHash().slice(0, HASH_DIGITS),
    initialCapitalUsd: settings.initialCapitalUsd,
    startedAtMs: Date.now(),
    epochMs: () => Date.now(),
  }
  const surface = new SessionSurface(identity, standing, notice)
  const run = runOfSession(settings.options, join(displayPath(raw.journal), SETTINGS_FILE))
  const decision = await recoverDecision(folder, { surface, run, raw })
  const execution = await recoverExecution(journalFolder(raw.journal, 'execution'), surface, raw)
  const championHash = settings.hashes.parameters
  const conditions = { championHash, expectedChampionHash: championHash }
  decision.handle({ kind: 'start', nowMs: Date.now() })
  decision.handle({ kind: 'conditions', nowMs: Date.now(), conditions })
  execution.handle({ kind: 'start', nowMs: Date.now() })
  for (const command of await standing.inForce()) decision.handle({ kind: 'command', nowMs: Date.now(), command })
  surface.attach({
    decision: { side: decision, host: stopped<DecisionInput>(decision), journal: NO_JOURNAL },
    execution: { side: execution, host: stopped<ExecutionInput>(execution), journal: NO_JOURNAL },
  })
  return surface
}

const HASH_DIGITS = 16
const NO_JOURNAL = { depth: 0, capacity: 1 }

/** The host of a side that nothing drives: its timers fire when somebody looks, and nothing else happens to it. */
function stopped<Input extends { readonly kind: string }>(
  side: Pick<Side<Timed<CommonInput | Input>, unknown>, 'handle'>,
): Pick<SideHost<Input, unknown>, 'post' | 'isRunning'> {
  return {
    isRunning: false,
    post: ({ kind }) => {
      if (kind === 'time') side.handle({ kind, nowMs: Date.now() })
    },
  }
}

/** From the first record on: what a session is shown with is made of all of them. */
async function recoverDecision(
  folder: string,
  {
    surface,
    run,
    raw,
  }: { readonly surface: SessionSurface; readonly run: RunSettings; readonly raw: RawServeStatusOptions },
) {
  const first = await firstRecord(folder)
  const recovery = await decisionRecovery(folder, first?.record as DecisionRecord | undefined, run)
  await eachRecord<DecisionRecord>(folder, raw, (record) => {
    takeFollowing(folder, recovery, record)
    surface.decided(record)
  })
  return DecisionSide.resume(recovery)
}

async function recoverExecution(folder: string, surface: SessionSurface, raw: RawServeStatusOptions) {
  const recovery = new ExecutionRecovery()
  await eachRecord<ExecutionRecord>(folder, raw, (record) => {
    recovery.take(record)
    surface.executed(record)
  })
  const { instrument, listed } = loadInstruments()
  const instruments = [...listed].map((symbol) => instrument(symbol))
  const settings = { ...EXECUTION_DEFAULTS, instruments, build: codeHash().slice(0, HASH_DIGITS) }
  return new ExecutionSide(settings, recovery.state)
}

async function eachRecord<R>(
  folder: string,
  { quiet }: RawServeStatusOptions,
  take: (record: R) => void,
): Promise<void> {
  const reading = await readJournal(folder, {
    label: 'Reading',
    quiet: quiet ?? false,
    take: (some) => {
      for (const record of some) take(record as unknown as R)
      return true
    },
  })
  judge(folder, reading)
}
