import { realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { InputMistake, Mistake, type Problem } from '../../base/mistakes.js'

/** Paths by the option that names them; absent ones were not asked for. */
export type PathsByOption = Readonly<Record<string, string | undefined>>

/**
 * Refuses outputs that would take the place of an input: `--trades days/2026-01-05.parquet` is a slip that destroys a
 * day. Days count whether or not the run reads them. Throws {@link Mistake}.
 */
export function refuseOverwriting(outputs: PathsByOption, days: readonly string[], inputs: PathsByOption = {}): void {
  const taken = new Map(days.map((path) => [entryOf(path), 'one of the days to be read']))
  for (const [option, path] of Object.entries(inputs)) {
    if (path !== undefined) taken.set(entryOf(path), `the file ${option} is to read`)
  }
  const problems: Problem[] = Object.entries(outputs).flatMap(([option, path]) => {
    const use = path === undefined ? undefined : taken.get(entryOf(path))
    return use === undefined ? [] : [{ place: option, message: `${path} is ${use}` }]
  })
  if (problems.length > 0) throw new InputMistake(problems)
}

/** The folder entry that a rename to `path` replaces: folders may be links, the entry itself is taken as it is. */
function entryOf(path: string): string {
  const folder = dirname(resolve(path))
  try {
    return join(realpathSync(folder), basename(path))
  } catch {
    return join(folder, basename(path))
  }
}
