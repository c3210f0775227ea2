import type { Observer } from '../../runtime/services/observation/observer.js'
import { plural } from '../shell/figures-text.js'
import { LiveScreen } from '../shell/live-screen.js'
import { noticeWarning, printResult } from '../shell/terminal.js'
import type { LiveOptions } from './options.js'
import { shownText } from './shown-observation.js'
import type { Tally } from './tally.js'

/**
 * What a live observation shows: on a terminal a table in place, with each advance; elsewhere a table or a line each so often. Whoever
 * reads too slowly misses some, and is told how many: the observation waits for nobody.
 */
export class LiveDisplay {
  readonly tally: Tally
  private readonly observer: Observer
  private readonly options: LiveOptions
  private readonly screen: LiveScreen | undefined
  private printed: Promise<void> = Promise.resolve()
  private waiting = 0
  private shown = 0
  private missed = 0

  constructor({ observer, options, tally }: LiveDisplayParts) {
    this.observer = observer
    this.options = options
    this.tally = tally
    this.screen = isDrawn(options) ? new LiveScreen(process.stdout) : undefined
  }

  advanced(tMs: number): void {
    this.tally.advanced(tMs, this.observer.promotedEvents())
    if (this.tally.isLookDue(tMs)) this.tally.looked(this.observer.observed())
    if (this.screen !== undefined) this.draw(this.screen)
    else if (tMs % this.options.everyMs === 0) this.print()
  }

  /** Resolves when everything has been taken. */
  async end(): Promise<void> {
    this.screen?.end()
    await this.printed
    if (this.missed > 0)
      noticeWarning(`${plural(this.missed, 'snapshot')} found no reader in time and were left out of the output.`)
  }

  private draw(screen: LiveScreen): void {
    const room = Math.max(1, screen.rows - LINES_BESIDE)
    const rows = Math.min(this.options.rows ?? room, room)
    screen.draw(shownText(this.observer, { ...this.options, rows, linesMax: screen.rows - 1 }))
  }

  private print(): void {
    if (this.waiting >= WAITING_MAX) {
      this.missed++
      return
    }
    const before = this.shown > 0 && !this.options.json ? '\n' : ''
    const text = `${before}${shownText(this.observer, this.options)}`
    this.shown++
    this.waiting++
    this.printed = this.printed.then(async () => {
      await printResult(text)
      this.waiting--
    })
  }
}

/** Whether there is a terminal that a table is drawn on in place. */
export function isDrawn({ json }: Pick<LiveOptions, 'json'>): boolean {
  return !json && process.stdout.isTTY === true
}

interface LiveDisplayParts {
  readonly observer: Observer
  readonly options: LiveOptions
  readonly tally: Tally
}

/** Texts that wait for a reader at most. */
const WAITING_MAX = 20
/** Lines of a frame that are no symbols: the time, the head, how many more there are, and the one that a terminal keeps. */
const LINES_BESIDE = 4
