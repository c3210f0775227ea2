import { DayError } from '../../ports/days.js'

/** Where in a file something is wrong; the file itself is known to whoever asked for it. */
export interface RefusalPlace {
  readonly column?: string
  readonly rowGroup?: number
  readonly row?: number
}

/** A file that cannot be used, seen from inside the file: what was expected, what was found, and where. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  constructor(
    readonly expected: string,
    readonly found: string,
    readonly place: RefusalPlace = {},
  ) {
    super(`expected ${expected}, found ${found}`)
  }
}

/** The refusal with a place added where it has none of its own. */
export function refusalAt(error: unknown, place: RefusalPlace): Refusal {
  const { expected, found, place: own } = asRefusal(error)
  return new Refusal(expected, found, { ...place, ...own })
}

/** Any failure met while reading bytes, as a refusal: hostile bytes may trip a library or a bounds check of the runtime anywhere. */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  return new Refusal('a readable Parquet file', error instanceof Error ? error.message : String(error))
}

/** The refusal as the error a caller of the port sees. */
export function dayError(error: unknown, file: string): DayError {
  if (error instanceof DayError) return error
  const { expected, found, place } = asRefusal(error)
  return new DayError({ file, ...place }, expected, found)
}
