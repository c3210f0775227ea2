import { Interrupted, Mistake, type MistakeKind, placeText } from '../../base/mistakes.js'
import { systemFailure } from '../../files/system-failure.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { coloursFor, notice } from './terminal.js'

/** Says on stderr what went wrong, in the reader's terms, and answers with the exit code. */
export function reportError(thrown: unknown): ExitCode {
  const error = systemFailure(thrown) ?? thrown
  const colours = coloursFor(process.stderr)
  if (error instanceof Mistake) {
    const label = error.kind === 'data' ? 'refused:' : 'error:'
    for (const { place, message } of error.problems) {
      // A file position stands first, so that terminals make it clickable; anything else follows the word commander uses.
      const isFile = place !== undefined && !placeText(place).startsWith('-') && !placeText(place).startsWith('<')
      const where = place === undefined ? '' : `${colours.bold(placeText(place))}: `
      notice(`${isFile ? '' : `${colours.red(label)} `}${where}${message}`)
    }
    if (error.hint !== undefined) notice(colours.dim(error.hint))
    return EXIT_OF[error.kind]
  }
  if (error instanceof Interrupted) {
    notice(error.message)
    return EXIT.interrupted
  }
  // Anything else is a defect of ours; the stack is what a report of it needs.
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  for (const line of `${colours.red('internal error:')} ${text}`.split('\n')) notice(line)
  return EXIT.failed
}

const EXIT_OF: Readonly<Record<MistakeKind, ExitCode>> = {
  input: EXIT.usage,
  data: EXIT.dataRefused,
  surroundings: EXIT.failed,
}
