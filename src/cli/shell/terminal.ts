import { randomBytes } from 'node:crypto'
import { createColors } from 'picocolors'
import { printable, printableLines } from '../../base/printable.js'

export type Colours = ReturnType<typeof createColors>

/** Colours for a stream: only where it is a terminal, nobody objects (`--no-color`, NO_COLOR), or FORCE_COLOR insists. */
export function coloursFor(stream: { readonly isTTY?: boolean }, allowed = true): Colours {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  if (!allowed || NO_COLOR) return createColors(false)
  if (FORCE_COLOR && FORCE_COLOR !== '0') return markedColours()
  return stream.isTTY === true && TERM !== 'dumb' ? markedColours() : createColors(false)
}

/**
 * Stands for the escape character of our own colours until they are written: a text of somebody else can write an escape
 * character, but not what this process has drawn for itself.
 */
const MARK = `\ufdd0${randomBytes(8).toString('hex')}\ufdd1`

/** Colours as picocolors has them, but marked. */
export function markedColours(): Colours {
  const paints = Object.entries(createColors(true)).map(([name, paint]) => {
    if (typeof paint !== 'function') return [name, paint]
    const codes: readonly string[] = paint(' ').replaceAll('\x1b', MARK).split(' ')
    const [open, close] = codes as [string, string]
    // A text that ends the same colour within goes on in it.
    return [name, (text: unknown) => `${open}${String(text).replaceAll(close, `${close}${open}`)}${close}`]
  })
  return Object.fromEntries(paints) as Colours
}

/** What may be written of a text: its lines, our own colours, and nothing else that a terminal would act on. */
export function terminalText(text: string): string {
  return printableLines(text).replaceAll(MARK, '\x1b')
}

/** Lines one below the other. What somebody else wrote in one of them cannot begin another. */
export function textOfLines(lines: readonly string[]): string {
  return `${lines.map(printable).join('\n')}\n`
}

/** Writes a result to stdout and waits until the reader has taken it, so that no exit cuts it off. */
export function printResult(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(terminalText(text), () => resolve())
  })
}

/** Writes a line for the person at the terminal; results never go this way. */
export function notice(line: string): void {
  const text = terminalText(printable(line))
  process.stderr.write(process.stderr.isTTY ? `${CLEAR_LINE}${text}\n${SAVE_CURSOR}` : `${text}\n`)
}

/** A notice that `--quiet` does not silence: what a person believes of a run is not so. */
export function noticeWarning(text: string): void {
  const colours = coloursFor(process.stderr)
  notice(`${colours.bold(colours.yellow('WARNING'))} ${text}`)
}

/** On a terminal a progress bar may stand on the line of a notice. It draws itself again one line below … */
const CLEAR_LINE = '\r\x1b[K'
/** … and at its end returns to the saved position, which must then be that line. */
const SAVE_CURSOR = '\x1b7'

/** Gains green, losses red; the sign says the same without colour. */
export function paintSign(text: string, c: Colours): string {
  const bare = text.trimStart()
  if (bare.startsWith('+')) return c.green(text)
  return bare.startsWith('-') && bare.length > 1 ? c.red(text) : text
}
