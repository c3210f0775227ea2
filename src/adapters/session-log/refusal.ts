/** Where in a session folder something is wrong. Lines and columns count from 1, in characters. */
export interface SessionPlace {
  readonly file: string
  /** From 1 on. */
  readonly line?: number
  /** From 1 on. */
  readonly column?: number
}

/** A session folder that is not what this format says. The message names file, line and column, expected and found. */
export class SessionLogError extends Error {
  override readonly name = 'SessionLogError'

  constructor(
    readonly place: SessionPlace,
    readonly expected: string,
    readonly found: string,
  ) {
    const { file, line, column } = place
    const position = line === undefined ? '' : `:${line}${column === undefined ? '' : `:${column}`}`
    super(`${file}${position}: expected ${expected}, found ${found}`)
  }
}

/** A value as it stands in the file, short enough for one line of a message. */
export function quoted(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`
}
