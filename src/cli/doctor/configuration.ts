import { Mistake, problemText } from '../../base/mistakes.js'
import { loadExecutionConfig } from '../../config/execution-config.js'
import { DEFAULT_INSTRUMENTS, loadInstruments } from '../../config/instruments.js'
import { CERTIFICATE_KEY_VARIABLE, readSecret } from '../../config/secret.js'
import { CHAMPION_CONFIG, loadConfig, refuseDriftedChampion } from '../../config/strategy-config.js'
import { displayPath } from '../../files/package-files.js'
import { TOKEN_VARIABLE } from '../compose/serve-address.js'
import type { Finding } from './finding.js'

/** The shipped configuration, and each that was named, read as a session reads it. */
export async function configurationFindings(named: {
  readonly config?: string
  readonly execution?: string
  readonly instruments?: string
}): Promise<Finding[]> {
  const findings = [
    await look('champion', CHAMPION_CONFIG, () => refuseDriftedChampion(loadConfig(CHAMPION_CONFIG))),
    await look('instruments', named.instruments ?? DEFAULT_INSTRUMENTS, () => loadInstruments(named.instruments)),
  ]
  const { config, execution } = named
  if (config !== undefined) findings.push(await look('strategy', config, () => loadConfig(config)))
  if (execution !== undefined) findings.push(await look('execution', execution, () => loadExecutionConfig(execution)))
  return findings.flat()
}

async function look(check: string, path: string, read: () => unknown): Promise<Finding[]> {
  try {
    await read()
    return [{ check, state: 'ok', says: displayPath(path) }]
  } catch (error) {
    if (!(error instanceof Mistake)) throw error
    return error.problems.map((problem) => ({ check, state: 'bad', says: problemText(problem) }))
  }
}

/** Whether each secret is there and long enough; never what it is. */
export function secretFindings(): Finding[] {
  return [TOKEN_VARIABLE, CERTIFICATE_KEY_VARIABLE].map((variable) => {
    const check = 'secret'
    try {
      const isSet = readSecret({ variable, file: undefined }) !== undefined
      return { check, state: 'ok', says: `${variable} is ${isSet ? 'set' : 'not set'}` }
    } catch (error) {
      if (!(error instanceof Mistake)) throw error
      return { check, state: 'bad', says: error.message }
    }
  })
}
