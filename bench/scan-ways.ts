import { mkdirSync } from 'node:fs'
import { systemClock } from '../src/adapters/clock/system-clock.js'
import type { Grid } from '../src/ports/grid.js'
import type { Venue } from '../src/ports/venue.js'
import { BUILD, InAndOut, instrument, SYMBOLS } from '../test/support/in-and-out.js'
import { LiveSession } from '../test/support/live-session.js'
import { executorProcess, isOrder, type JournalChoice, journalIn } from './executor-side.js'
import { heardGrid } from './heard-grid.js'
import { nowUs, type ScanPublisher } from './scan-publishers.js'

export interface Setting {
  readonly grid: Grid
  readonly publisher: ScanPublisher
  /** Listens to the bare value. */
  hearRaw(heard: () => void): Promise<void>
  readonly executor: 'here' | 'process'
  readonly journal: JournalChoice
  /** Of its own. */
  readonly folder: string
  /** Measured, after a warm-up. */
  readonly entries: number
}

/** Moments of a scan that led to an entry, µs by one clock. */
export interface Way {
  readonly publishedUs: number
  readonly heardUs: number
  readonly decidedUs: number
  readonly approvedUs: number
  readonly submittedUs: number
}

export interface Ways {
  readonly entries: readonly Way[]
  readonly dropped: number
  readonly raws: readonly number[]
}

/** Publishes scans, one after what came of the one before, until so many entries were made; and a bare value before each. */
export async function waysOf(setting: Setting): Promise<Ways> {
  const run = new ScanRun(setting)
  await run.start()
  try {
    for (let i = 0; i < WARM_UP + setting.entries; i++) {
      await run.raw(i >= WARM_UP)
      await run.scan(i >= WARM_UP)
    }
    return run
  } finally {
    await run.stop()
  }
}

const WARM_UP = 200
const PAUSE_MS = 4
/** What has not come by then does not come. */
const PATIENCE_MS = 5_000

class ScanRun {
  readonly entries: Way[] = []
  readonly raws: number[] = []
  /** Entries that the time limits of either side ended, as they do where a disk or a machine is too slow. */
  dropped = 0
  private readonly setting: Setting
  private readonly session: Promise<LiveSession>
  private readonly strategy: InAndOut
  private number = 0
  private way: { -readonly [Stage in keyof Way]?: number } = {}
  private rawHeard = (): void => {}

  constructor(setting: Setting) {
    this.setting = setting
    this.strategy = new InAndOut(
      () => this.at('decidedUs'),
      () => {},
    )
    this.session = this.newSession()
  }

  async start(): Promise<void> {
    await this.setting.hearRaw(() => this.rawHeard())
    const session = await this.session
    await session.start()
    // Both sides find each other and compare notes.
    await this.publishUntil(true)
    await this.publishUntil(false)
  }

  async stop(): Promise<void> {
    await (await this.session).stop()
    await this.setting.publisher.close()
  }

  async raw(isMeasured: boolean): Promise<void> {
    await systemClock.sleep(PAUSE_MS)
    const heard = new Promise<number>((resolve) => {
      this.rawHeard = () => resolve(nowUs())
    })
    const atUs = await this.setting.publisher.raw()
    const us = (await heard) - atUs
    if (isMeasured) this.raws.push(us)
  }

  /** In, noted; and out. */
  async scan(isMeasured: boolean): Promise<void> {
    await this.publish()
    if (await this.isIn(true)) {
      if (isMeasured) this.entries.push(whole(this.way))
      await this.publishUntil(false)
    } else if (isMeasured) this.dropped++
  }

  private async publishUntil(isIn: boolean): Promise<void> {
    do await this.publish()
    while (!(await this.isIn(isIn)))
  }

  private async publish(): Promise<void> {
    await systemClock.sleep(PAUSE_MS)
    this.way = {}
    this.way.publishedUs = await this.setting.publisher.scan(++this.number)
  }

  /** Whether the position is that way within the time that it may take. */
  private async isIn(wanted: boolean): Promise<boolean> {
    const endMs = performance.now() + (this.number < BEGUN ? START_MS : PATIENCE_MS)
    while (performance.now() < endMs) {
      if (this.strategy.isOpen === wanted) return true
      await systemClock.sleep(1)
    }
    return false
  }

  private async newSession(): Promise<LiveSession> {
    const { setting } = this
    const { folder, journal } = setting
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return new LiveSession({
      grid: heardGrid(setting.grid, () => this.at('heardUs')),
      strategy: this.strategy,
      instruments: SYMBOLS.map(instrument),
      build: BUILD,
      decisionJournal: await journalIn(journal, folder, 'decision'),
      execution:
        setting.executor === 'here'
          ? { journal: await journalIn(journal, folder, 'execution') }
          : executorProcess({ folder, journal }, (atUs) => this.noteSubmitted(atUs)),
      sent: (text) => {
        if (text.includes('"APPROVED_ACTION"')) this.at('approvedUs')
      },
      asked: (request: Parameters<Venue['send']>[0]) => {
        if (setting.executor === 'here' && isOrder(request)) this.noteSubmitted(nowUs())
      },
      notice: (text) => console.error(text),
    })
  }

  private at(stage: keyof Way): void {
    this.way[stage] ??= nowUs()
  }

  private noteSubmitted(atUs: number): void {
    this.way.submittedUs ??= atUs
  }
}

/** Scans before both sides have found each other. */
const BEGUN = 60
const START_MS = 300

function whole(way: Partial<Way>): Way {
  const { publishedUs, heardUs, decidedUs, approvedUs, submittedUs } = way
  if (publishedUs === undefined || heardUs === undefined || decidedUs === undefined) throw new Error('a scan unheard')
  if (approvedUs === undefined || submittedUs === undefined) throw new Error('an entry that nobody asked for')
  return { publishedUs, heardUs, decidedUs, approvedUs, submittedUs }
}
