import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../adapters/clock/system-clock.js'
import { InputMistake, Interrupted, SurroundingsFailed } from '../../base/mistakes.js'
import { type Grid, GridUnavailable } from '../../ports/grid.js'
import { markedGrid, OWN_PREFIX } from '../../runtime/verification/marked-grid.js'
import { type VerifiedHop, verifyPaths } from '../../runtime/verification/path-verification.js'
import { runningServices } from '../../runtime/verification/running-system.js'
import { openGrid } from '../compose/grid.js'
import { verifiedPaths } from '../compose/verified-paths.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { reportJson } from '../shell/report-json.js'
import { stopSignals } from '../shell/signals.js'
import { notice, printResult } from '../shell/terminal.js'
import type { VerifyPathOptions } from './options.js'
import { verifiedText } from './text.js'

/** What a run needs of the machine; a test has its own. */
export interface VerifyPathSurroundings {
  readonly openGrid: typeof openGrid
}

/** Runs `dolphin verify-path` on checked options. Answers 1 when a hop did not hold. */
export async function runVerifyPath(
  options: VerifyPathOptions,
  surroundings: VerifyPathSurroundings = { openGrid },
): Promise<ExitCode> {
  const tell = options.quiet ? () => {} : notice
  const { grid: url, prefix } = options
  const grid = await surroundings.openGrid({ url, report: tell })
  const signals = stopSignals({ stdin: false })
  const interruption = new AbortController()
  void signals.stopped.then((cause) => interruption.abort(new Interrupted(`Interrupted by ${cause}.`)))
  try {
    if (prefix === OWN_PREFIX) await refuseWhereRunning(grid)
    const hops = await verified(markedGrid(grid, prefix), options, { tell, signal: interruption.signal })
    const held = hops.every((hop) => hop.held)
    const { rounds } = options
    const document = { schema: 'dolphin.verify-path/1', held, grid: url, prefix, rounds, hops }
    if (options.json) await printResult(reportJson(document))
    else await printResult(verifiedText(hops, options))
    return held ? EXIT.ok : EXIT.failed
  } catch (error) {
    // While paths are verified a grid that is away is a hop that does not hold.
    if (error instanceof GridUnavailable) throw new SurroundingsFailed({ place: url, message: error.message })
    throw error
  } finally {
    signals.release()
    await grid.close()
  }
}

interface Surroundings {
  readonly tell: (text: string) => void
  readonly signal: AbortSignal
}

async function verified(
  grid: Grid,
  { rounds, timeoutMs }: VerifyPathOptions,
  { tell, signal }: Surroundings,
): Promise<readonly VerifiedHop[]> {
  const release = await alone(grid)
  const folder = await mkdtemp(join(tmpdir(), 'dolphin-verify-'))
  try {
    const paths = verifiedPaths({ grid, folder, tell })
    const onPath = (name: string): void => tell(`Verifying: ${name}`)
    return await verifyPaths({ paths, rounds, timeoutMs, clock: systemClock, signal, onPath })
  } finally {
    await rm(folder, { recursive: true, force: true })
    await release()
  }
}

const LOCK = 'DOLPHIN_PATHS'

/** Under its own names a running system would trade on the signals. */
async function refuseWhereRunning(grid: Grid): Promise<void> {
  const running = await runningServices(grid, systemClock.epochMs())
  if (running.length === 0) return
  throw new InputMistake({
    place: '--prefix',
    message: `expected a grid where nothing runs, found heartbeats of ${running.join(', ')}`,
  })
}

/** Two verifications under the same names would see each other's signals. */
async function alone(grid: Grid): Promise<() => Promise<void>> {
  const lock = grid.lock(LOCK)
  try {
    const fence = await lock.acquire()
    if (fence === undefined) throw new SurroundingsFailed('another verification runs on this grid')
    return async () => void (await lock.release(fence).catch(() => false))
  } catch (error) {
    // A cluster without locks has none to keep another one out.
    if (error instanceof GridUnavailable && error.reason === 'unsupported') return async () => {}
    throw error
  }
}
