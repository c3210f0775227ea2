import type { SessionSettings } from '../../ports/vocabulary/session.js'
import { JsonDocument, type Path } from './json-document.js'

export const SETTINGS_FILE = 'settings.json'

const HEX_64 = /^[0-9a-f]{64}$/
const HEX_16 = /^[0-9a-f]{16}$/
const DECIMAL = /^\d+(\.\d+)?$/
/** One path segment that means itself on every file system. */
const SESSION_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const SECRET = /secret|password|passphrase|private|api_?key/i

/** As `settings.json` holds it: for people first, so indented. */
export function settingsText(settings: SessionSettings): string {
  return `${JSON.stringify(settings, null, 2)}\n`
}

/** Settings from the text of `settings.json`. Throws a SessionLogError at the first value that is not what it must be. */
export function parseSettings(text: string, file: string): SessionSettings {
  const document = new JsonDocument(text, file)
  document.object([])
  refuseSecrets(document, [])
  const sha256 = (path: Path) => document.matching(path, 'a SHA-256 of 64 hex digits', HEX_64)
  const shortHash = (path: Path) => document.matching(path, 'a hash of 16 hex digits', HEX_16)
  return {
    schema: document.oneOf(['schema'], ['dolphin.session/1']),
    sessionId: document.matching(['sessionId'], '1 to 64 of letters, digits, dot, underscore and hyphen', SESSION_ID),
    startedAtMs: document.count(['startedAtMs']),
    engineVersion: document.text(['engineVersion']),
    strategy: document.text(['strategy']),
    ...(document.has(['ownStrategy'])
      ? {
          ownStrategy: {
            file: document.text(['ownStrategy', 'file']),
            sha256: sha256(['ownStrategy', 'sha256']),
            parameters: document.object(['ownStrategy', 'parameters']),
          },
        }
      : {}),
    direction: document.oneOf(['direction'], ['LONG', 'SHORT']),
    initialCapitalUsd: document.matching(['initialCapitalUsd'], 'a decimal text such as "25000"', DECIMAL),
    fills: document.oneOf(['fills'], ['bar-price', 'realistic']),
    seed: document.count(['seed']),
    ...(document.has(['live'])
      ? {
          live: {
            exchange: document.text(['live', 'exchange']),
            stepMs: document.count(['live', 'stepMs']),
            fills: document.oneOf(['live', 'fills'], ['paper', 'exchange']),
            ...(document.has(['live', 'walletBalanceUsd'])
              ? { walletBalanceUsd: document.matching(['live', 'walletBalanceUsd'], 'a decimal text', DECIMAL) }
              : {}),
          },
        }
      : {}),
    hashes: {
      champion: shortHash(['hashes', 'champion']),
      parameters: shortHash(['hashes', 'parameters']),
      config: sha256(['hashes', 'config']),
      code: sha256(['hashes', 'code']),
    },
    days: document.list(['days'], (path) => ({
      date: document.matching([...path, 'date'], 'a date YYYY-MM-DD', /^\d{4}-\d{2}-\d{2}$/),
      sha256: sha256([...path, 'sha256']),
      ...(document.has([...path, 'path']) ? { path: document.text([...path, 'path']) } : {}),
    })),
    options: Object.fromEntries(
      Object.keys(document.object(['options'])).map((name) => [
        name,
        document.take(['options', name], 'a text, true or false, or a list of texts', isOption),
      ]),
    ),
    venue: document.object(['venue']),
  }
}

function isOption(value: unknown): value is string | boolean | string[] {
  if (typeof value === 'string' || typeof value === 'boolean') return true
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

/** A session folder is handed around; a key in it would be handed around, too. */
function refuseSecrets(document: JsonDocument, path: Path): void {
  for (const [key, value] of Object.entries(document.object(path))) {
    const inside = [...path, key]
    if (SECRET.test(key))
      document.take(inside, 'absent: a session folder holds no secrets', (v): v is never => v === undefined)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) refuseSecrets(document, inside)
  }
}
