import { printable } from './printable.js'

/**
 * What people and their data get wrong, each a kind of its own. Whoever finds a mistake says what was expected and what was
 * found; what a kind means to a shell (an exit code) or to a service is decided where it is caught.
 */
export abstract class Mistake extends Error {
  abstract readonly kind: MistakeKind
  readonly problems: readonly Problem[]
  /** What to do next, one sentence; printed below the problems. */
  readonly hint: string | undefined

  /** Takes every problem found at once, so that a file needs one round of corrections. */
  constructor(problems: Problem | readonly Problem[] | string, { hint }: { readonly hint?: string | undefined } = {}) {
    const list =
      typeof problems === 'string' ? [{ message: problems }] : Array.isArray(problems) ? problems : [problems]
    super(list.map(problemText).join('\n'))
    this.problems = list
    this.hint = hint
  }
}

export type MistakeKind = 'input' | 'data' | 'surroundings'

/** A command line, a configuration or an argument is wrong; nothing was run. */
export class InputMistake extends Mistake {
  override readonly name = 'InputMistake'
  readonly kind = 'input'
}

/** Data cannot be used: unreadable, inconsistent, or not what it is said to be. */
export class DataRefused extends Mistake {
  override readonly name: string = 'DataRefused'
  readonly kind = 'data'
}

/** The request was right and the machine could not do it: a full disk, a port that is taken. */
export class SurroundingsFailed extends Mistake {
  override readonly name = 'SurroundingsFailed'
  readonly kind = 'surroundings'
}

/** The run was stopped by a person. `message` says how far it got. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

/** A position in a text file, counted from 1 as editors do. Without `line` the whole file is meant. */
export interface Place {
  readonly file: string
  /** From 1 on. */
  readonly line?: number
  /** From 1 on, in characters. */
  readonly column?: number
}

/** One thing that is wrong: what was expected, what was found and, where there is one, the exact place. */
export interface Problem {
  /** A file position, or an option such as `--vol-gate`. */
  readonly place?: Place | string
  readonly message: string
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
  const text = printable(JSON.stringify(value) ?? String(value))
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`
}
