import { createRequire } from 'node:module'
import type * as CliProgress from 'cli-progress'
import { printable } from '../../base/printable.js'

export interface ProgressOptions {
  readonly total: number
  /** Plural noun of what is counted: `days`, `files`. */
  readonly unit: string
  /** What is going on: `Backtest`, `Verifying`. */
  readonly label: string
  readonly quiet?: boolean
}

export interface Progress {
  /** Counts `steps` more as done; `note` (a date, a file name) is shown at the end of the line. */
  advance(steps: number, note?: string): void
  /** Takes the bar off the screen. Call it before anything else is printed. */
  stop(): void
}

const require = createRequire(import.meta.url)

/** Logs and pipes get a line this often, so that a long run is seen to live without flooding the log. */
const LINE_EVERY_MS = 30_000

/**
 * Progress with the time left, on stderr: stdout carries results only. A terminal gets a bar that vanishes at the end,
 * anything else a rare line, `quiet` nothing.
 */
export function startProgress(options: ProgressOptions): Progress {
  if (options.quiet || options.total === 0) return SILENT
  return process.stderr.isTTY ? barProgress(options) : lineProgress(options)
}

const SILENT: Progress = { advance() {}, stop() {} }

function barProgress({ total, unit, label }: ProgressOptions): Progress {
  // Loaded where there is a terminal: a script, which waits for every start, has none.
  const { Presets, SingleBar } = require('cli-progress') as typeof CliProgress
  const bar = new SingleBar(
    {
      format: `${label} {bar} {percentage}%  {value}/{total} ${unit}  {eta_formatted} left  {note}`,
      stream: process.stderr,
      barsize: 28,
      hideCursor: true,
      clearOnComplete: true,
      etaBuffer: 20,
      fps: 10,
      linewrap: false,
      // The command installs its own Ctrl-C handling; a second one here would exit before a day is finished.
      gracefulExit: false,
    },
    Presets.rect,
  )
  // A second Ctrl-C exits without unwinding; the cursor and line wrapping must come back all the same.
  const stop = (): void => bar.stop()
  process.once('exit', stop)
  bar.start(total, 0, { note: '' })
  return {
    advance(steps, note) {
      bar.increment(steps, note === undefined ? {} : { note: printable(note) })
    },
    stop() {
      process.off('exit', stop)
      stop()
    },
  }
}

function lineProgress({ total, unit, label }: ProgressOptions): Progress {
  const startedMs = performance.now()
  let lastMs = startedMs
  let done = 0
  return {
    advance(steps, note) {
      done += steps
      const nowMs = performance.now()
      if (nowMs - lastMs < LINE_EVERY_MS || done >= total) return
      lastMs = nowMs
      const leftSeconds = Math.round(((nowMs - startedMs) / done / 1000) * (total - done))
      const line = `${label}: ${done}/${total} ${unit}, ${leftSeconds} s left${note ? `  ${note}` : ''}`
      process.stderr.write(`${printable(line)}\n`)
    },
    stop() {},
  }
}
