import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageFile } from '../../files/package-files.js'
import type { StatusDocument } from '../../ports/vocabulary/status.generated.js'
import { type Difference, differences } from './compare.js'
import { writeDrillDays } from './days.js'
import type { Drill } from './drills.js'
import type { DrillResult, DrillRun } from './result.js'
import { DrillSession } from './session.js'

/** A drill on bundled prices: a paper session, and the golden document that `/status` must say. */
export class PaperRig implements DrillRun {
  private session: DrillSession | undefined
  private sessions = 0
  private readonly undone: (() => void)[] = []
  private shownAfterMs: number | null = null
  private activeAfterMs: number | null = null

  constructor(
    private readonly drill: Drill,
    private readonly folder: string,
  ) {}

  async run(): Promise<DrillResult> {
    const { drill } = this
    await writeDrillDays(join(this.folder, 'days'), drill.days ?? {})
    await writeFile(join(this.folder, 'execution.yml'), `${PATIENT}${drill.execution ?? ''}\n`)
    const [during, after] = (await drill.sessions?.(this.folder)) ?? [[]]
    const session = this.start(during)
    if (drill.atStart !== true && !(await this.isActive(session))) return this.result(`${NEVER_ACTIVE} before it`)
    const undo = (action: () => void) => void this.undone.push(action)
    const provoked = performance.now()
    await drill.provoke?.({ session, folder: this.sessionFolder, undo })
    const problem = await this.expectGolden(session, provoked)
    if (problem !== undefined) return this.result(problem)
    const recovered = performance.now()
    await drill.recover?.({ session, folder: this.sessionFolder, undo })
    const last = after === undefined ? session : await this.restart(after)
    if (!(await this.isActive(last))) return this.result(`${NEVER_ACTIVE} after it`)
    this.activeAfterMs = Math.round(performance.now() - recovered)
    return this.result(null)
  }

  result(problem: string | null): DrillResult {
    const { drill, shownAfterMs, activeAfterMs } = this
    return { drill: drill.name, passed: problem === null, shownAfterMs, activeAfterMs, problem }
  }

  /** Leaves nothing running, stopped or limited. */
  async end(): Promise<void> {
    for (let undo = this.undone.pop(); undo !== undefined; undo = this.undone.pop()) undo()
    await this.session?.stop()
  }

  private get sessionFolder(): string {
    return join(this.folder, `session-${this.sessions}`)
  }

  private start(args: readonly string[]): DrillSession {
    this.sessions++
    const days = ['--days', join(this.folder, 'days'), '--out', this.sessionFolder]
    const pace = ['--speed', SPEED, '--executor', 'process', '--execution', join(this.folder, 'execution.yml')]
    this.session = new DrillSession({ args: ['paper', ...days, ...pace, ...args] })
    return this.session
  }

  private async restart(args: readonly string[]): Promise<DrillSession> {
    await this.end()
    return this.start(args)
  }

  private async isActive(session: DrillSession): Promise<boolean> {
    return (await session.until(({ trading_mode }) => trading_mode === 'Active', ACTIVE_MS_MAX)).held
  }

  /** What is wrong; undefined: `/status` said what the golden document says. */
  private async expectGolden(session: DrillSession, provokedMs: number): Promise<string | undefined> {
    const golden = goldenDocument(this.drill.name)
    let nearest: readonly Difference[] | undefined
    const { held } = await session.until((status) => {
      const found = differences(golden, status)
      if (nearest === undefined || found.length < nearest.length) nearest = found
      return found.length === 0
    }, SHOWN_MS_MAX)
    if (!held) return `not shown within ${SHOWN_MS_MAX / 1000} s: ${nearest!.map(text).join('; ')}`
    this.shownAfterMs = Math.round(performance.now() - provokedMs)
    return undefined
  }
}

function text({ field, expected, found }: Difference): string {
  return `${field}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`
}

function goldenDocument(name: string): StatusDocument {
  return JSON.parse(readFileSync(packageFile('fixtures', 'status', `${name}.json`), 'utf8')) as StatusDocument
}

/** Faster than recorded, and slow enough that the pauses of a busy machine are none to the system. */
const SPEED = '5'
const NEVER_ACTIVE = 'the system was not Active'
const ACTIVE_MS_MAX = 90_000
const SHOWN_MS_MAX = 60_000

/** Ms of the session's own time: a busy machine must not look like what is drilled. */
const PATIENT = `
link: { heartbeats_missed_ms: 7500, round_trip_max_ms: 5000, silent_max_ms: 15000, clock_skew_max_ms: 120000, lost_dwell_ms: 600000 }
entry: { permission_max_ms: 5000, order_delay_max_ms: 5000, rest_max_ms: 5000 }
decision: { proposal_delay_max_ms: 5000, intent_wait_max_ms: 10000, permission_delay_max_ms: 4000 }
exchange: { answer_max_ms: 15000, submit_valid_ms: 30000, truth_age_max_ms: 60000, truth_delay_max_ms: 15000 }
`
