import { resolve, sep } from 'node:path'
import { InputMistake, type Problem } from '../../base/mistakes.js'
import type { AnalyseOptions } from './options.js'

/** Results in the folder of a recording would be taken for parts of it. Throws `InputMistake`. */
export function refuseOverRecordings({ paths, secondVenue, out, page }: AnalyseOptions): void {
  const problems: Problem[] = []
  for (const recording of secondVenue === undefined ? paths : [...paths, secondVenue])
    for (const [option, path] of Object.entries({ '--out': out, '--page': page })) {
      if (path === undefined || !isWithin(resolve(path), resolve(recording))) continue
      problems.push({ place: option, message: `expected a place outside of the recording ${recording}, found ${path}` })
    }
  if (problems.length > 0) throw new InputMistake(problems)
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}
