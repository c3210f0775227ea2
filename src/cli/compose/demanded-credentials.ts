import { CREDENTIAL_VARIABLES, type Credentials, readCredentials } from '../../adapters/binance/credentials.js'
import { InputMistake } from '../../base/mistakes.js'

/**
 * The key of the environment, which is not in it any more afterwards: strategies of a person's own, children and reports of a crash
 * see it as well.
 *
 * @throws InputMistake where there is none.
 */
export function demandedCredentials(environment: NodeJS.ProcessEnv = process.env): DemandedCredentials {
  const credentials = readCredentials(environment)
  if (credentials === undefined) {
    const variables = 'DOLPHIN_BINANCE_KEY and DOLPHIN_BINANCE_SECRET'
    const files = 'DOLPHIN_BINANCE_KEY_FILE and DOLPHIN_BINANCE_SECRET_FILE'
    const message = `expected the key of an account in ${variables}, or in the files that ${files} name, found none`
    throw new InputMistake(message, { hint: 'docs/live.md says how to make one.' })
  }
  const taken: Record<string, string> = {}
  for (const name of CREDENTIAL_VARIABLES) {
    const text = environment[name]
    if (text !== undefined) taken[name] = text
    delete environment[name]
  }
  return { credentials, environment: taken }
}

export interface DemandedCredentials {
  readonly credentials: Credentials
  /** The same for an execution side of its own, and for no other child. */
  readonly environment: Readonly<Record<string, string>>
}
