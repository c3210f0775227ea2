import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { found, InputMistake } from '../../base/mistakes.js'
import { RISK_STRATEGY_ID } from '../../core/risk/loss-breaker.js'
import { displayPath, packageFile, packageVersion } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'
import { writeAtomically } from '../../files/whole-file.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { printResult, textOfLines } from '../shell/terminal.js'

export interface NewStrategyOptions {
  /** Default: a folder of the strategy's name, here. */
  readonly out?: string
}

/**
 * Runs `dolphin new strategy`: writes a folder with a strategy, its test and what both need.
 *
 * @throws InputMistake where the name is not usable or the folder is not empty: nothing is written.
 */
export async function newStrategy(name: string, { out = name }: NewStrategyOptions): Promise<ExitCode> {
  refuseName(name)
  await refuseFullFolder(out)
  for (const file of FILES) {
    const template = await readFile(packageFile('templates', 'strategy', file), 'utf8')
    const text = template.replaceAll('__NAME__', name).replaceAll('__VERSION__', packageVersion())
    await writeAtomically(join(out, file), text)
  }
  const folder = displayPath(out)
  await printResult(
    textOfLines([
      `${folder} holds a strategy, its test and a README. Next:`,
      '',
      `  (cd ${folder} && npm install && npm test)`,
      `  dolphin backtest days/ --strategy ${join(folder, 'strategy.js')}`,
    ]),
  )
  return EXIT.ok
}

const FILES = ['README.md', 'package.json', 'strategy.js', 'strategy.test.js', 'tsconfig.json'] as const

/** The name becomes the strategy's id, a package's name and a folder's. */
function refuseName(name: string): void {
  const place = '<name>'
  if (!/^[a-z](?:-?[a-z0-9]){0,39}$/.test(name)) {
    const expected = '1 to 40 lower-case letters and digits, begun by a letter, with single hyphens between them'
    throw new InputMistake({ place, message: `expected ${expected}, found ${found(name)}` })
  }
  if (TAKEN.has(name)) {
    throw new InputMistake({ place, message: `expected a name that nothing else has, found ${found(name)}` })
  }
}

/** The risk layer's own id, the champion's two, and what npm could not install beside the engine. */
const TAKEN: ReadonlySet<string> = new Set([RISK_STRATEGY_ID, 'blue', 'green', 'dolphin-engine', 'node'])

async function refuseFullFolder(out: string): Promise<void> {
  const place = '--out'
  const names: readonly string[] = await readdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new InputMistake({ place, message: `${displayPath(out)}: ${reason(error)}` })
  })
  if (names.length === 0) return
  throw new InputMistake({
    place,
    message: `expected a new or an empty folder, found ${names.length} entries in ${displayPath(out)}`,
  })
}
