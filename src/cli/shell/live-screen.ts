import { terminalText } from './terminal.js'

/** Frames of text on a terminal, each in the place of the one before. */
export class LiveScreen {
  private lines = 0

  constructor(private readonly stream: NodeJS.WriteStream) {
    stream.write(HIDE_CURSOR)
    // A second Ctrl-C exits without unwinding; the cursor must come back all the same.
    process.once('exit', this.showCursor)
  }

  /** Lines that are there for a frame. */
  get rows(): number {
    return this.stream.rows ?? ROWS
  }

  draw(text: string): void {
    const lines = terminalText(text)
      .trimEnd()
      .split('\n')
      .slice(0, this.rows - 1)
    const up = this.lines === 0 ? '' : `\x1b[${this.lines}A`
    this.stream.write(`${CUT_LINES}${up}\r${lines.map((line) => `${line}\x1b[K\n`).join('')}\x1b[J${WRAP_LINES}`)
    this.lines = lines.length
  }

  /** What was drawn last stays. */
  end(): void {
    process.off('exit', this.showCursor)
    this.showCursor()
  }

  private readonly showCursor = (): void => {
    this.stream.write(SHOW_CURSOR)
  }
}

/** Where the terminal does not tell. */
const ROWS = 24
/** A frame's line that went on in the next one would be counted as one: the next frame would begin too low. */
const CUT_LINES = '\x1b[?7l'
const WRAP_LINES = '\x1b[?7h'
const HIDE_CURSOR = '\x1b[?25l'
const SHOW_CURSOR = '\x1b[?25h'
