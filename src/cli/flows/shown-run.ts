import type { FlowDate, FlowRecord } from '../../ports/vocabulary/flows.js'
import type { FlowListener } from '../../runtime/flows/flow-listener.js'
import { LiveScreen } from '../shell/live-screen.js'
import { coloursFor, notice } from '../shell/terminal.js'
import { taskLines, taskText } from './flows-text.js'

/**
 * Shows a run on stderr as it goes: on a terminal all its tasks, drawn again and again; elsewhere a line for each that is over.
 */
export class ShownRun implements FlowListener {
  private readonly records: FlowRecord[] = []
  private readonly colours = coloursFor(process.stderr)
  private screen: LiveScreen | undefined
  private timer: NodeJS.Timeout | undefined
  private bar: { readonly task: string; readonly text: string } | undefined

  constructor(
    private readonly date: FlowDate,
    private readonly quiet: boolean,
  ) {
    if (quiet) return
    notice(this.colours.bold(`${date.flow} ${date.colour} ${date.stamp}`))
    if (process.stderr.isTTY !== true) return
    this.screen = new LiveScreen(process.stderr)
    this.timer = setInterval(() => this.draw(), FRAME_MS).unref()
  }

  recorded(_date: FlowDate, record: FlowRecord): void {
    this.records.push(record)
    if (this.screen !== undefined) this.draw()
    else if (!this.quiet) this.tell(record)
  }

  progress(_date: FlowDate, task: string, done: number, total: number, unit: string): void {
    const filled = Math.round((BAR * done) / Math.max(1, total))
    this.bar = { task, text: `${'■'.repeat(filled)}${'□'.repeat(BAR - filled)} ${done}/${total} ${unit}` }
  }

  /** What was drawn last stays. */
  end(): void {
    clearInterval(this.timer)
    if (this.screen === undefined) return
    this.draw()
    this.screen.end()
  }

  private draw(): void {
    const nowMs = Date.now()
    const lines = taskLines(this.date.flow, this.records).map((line) => {
      const progress = line.state === 'running' && this.bar?.task === line.task ? this.bar.text : undefined
      return taskText(line, this.colours, { nowMs, ...(progress === undefined ? {} : { progress }) })
    })
    this.screen?.draw(`${lines.join('\n')}\n`)
  }

  private tell(record: FlowRecord): void {
    if (!('task' in record) || record.kind === 'ATTEMPT') return
    const line = taskLines(this.date.flow, this.records).find(({ task }) => task === record.task)
    if (line !== undefined) notice(taskText(line, this.colours, { nowMs: record.atMs }))
  }
}

/** Frames a second on a terminal. */
const FRAME_MS = 100
const BAR = 20
