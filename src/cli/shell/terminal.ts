import { createColors } from 'picocolors'

export type Colours = ReturnType<typeof createColors>

/** Colours for a stream: only where it is a terminal, nobody objects (`--no-color`, NO_COLOR), or FORCE_COLOR insists. */
export function coloursFor(stream: { readonly isTTY?: boolean }, allowed = true): Colours {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  if (!allowed || NO_COLOR) return createColors(false)
  if (FORCE_COLOR && FORCE_COLOR !== '0') return createColors(true)
  return createColors(stream.isTTY === true && TERM !== 'dumb')
}

/** Writes a result to stdout and waits until the reader has taken it, so that no exit cuts it off. */
export function printResult(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve())
  })
}

/** Writes a line for the person at the terminal; results never go this way. */
export function notice(text: string): void {
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
