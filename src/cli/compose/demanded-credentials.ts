import { type Credentials, readCredentials } from '../../adapters/binance/credentials.js'
import { InputMistake } from '../../base/mistakes.js'

/** The key of the environment. @throws InputMistake where there is none. */
export function demandedCredentials(): Credentials {
  const credentials = readCredentials(process.env)
  if (credentials !== undefined) return credentials
  const variables = 'DOLPHIN_BINANCE_KEY and DOLPHIN_BINANCE_SECRET'
  const files = 'DOLPHIN_BINANCE_KEY_FILE and DOLPHIN_BINANCE_SECRET_FILE'
  const message = `expected the key of an account in ${variables}, or in the files that ${files} name, found none`
  throw new InputMistake(message, { hint: 'docs/live.md says how to make one.' })
}
