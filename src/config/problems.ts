import { EXIT, type ExitCode } from '../cli/shell/exit-codes.js'

/** A position in a text file, counted from 1 as editors do. Without `line` the whole file is meant. */
export interface Place {
  readonly file: string
  readonly line?: number
  readonly column?: number
}

/** One thing a person got wrong: what was expected, what was found and, where there is one, the exact place. */
export interface Problem {
  /** A file position, or an option such as `--vol-gate`. */
  readonly place?: Place | string
  readonly message: string
}

/**
 * Bad input from a person. Carries every problem found at once, so that a file needs one round of corrections, and the
 * exit code. It is printed without a stack: the stack says nothing about the input.
 */
export class UserError extends Error {
  override readonly name = 'UserError'
  readonly problems: readonly Problem[]
  readonly exitCode: ExitCode
  /** What to do next, one sentence; printed below the problems. */
  readonly hint: string | undefined

  constructor(
    problems: Problem | readonly Problem[] | string,
    options: { readonly exitCode?: ExitCode; readonly hint?: string | undefined } = {},
  ) {
    const list =
      typeof problems === 'string' ? [{ message: problems }] : Array.isArray(problems) ? problems : [problems]
    super(list.map(problemText).join('\n'))
    this.problems = list
    this.exitCode = options.exitCode ?? EXIT.usage
    this.hint = options.hint
  }
}

/** The run was stopped by Ctrl-C. `message` says how far it got. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

export function problemText(problem: Problem): string {
  return problem.place === undefined ? problem.message : `${placeText(problem.place)}: ${problem.message}`
}

/** `file`, `file:line` or `file:line:column`: the form that terminals and editors make clickable. */
export function placeText(place: Place | string): string {
  if (typeof place === 'string') return place
  if (place.line === undefined) return place.file
  return place.column === undefined ? `${place.file}:${place.line}` : `${place.file}:${place.line}:${place.column}`
}

/** A value as a person typed it, short enough for one line of a message. */
export function found(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'number') return String(value)
  const text = JSON.stringify(value) ?? String(value)
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`
}
