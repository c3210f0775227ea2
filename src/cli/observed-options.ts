import { found } from '../base/mistakes.js'
import { type ServeAddress, serveAddress } from './compose/serve-address.js'
import { LIVE_OPTIONS } from './live-options.js'
import type { OptionCheck } from './shell/option-check.js'
import { aFile, asTyped, option } from './shell/option-table.js'
import { span } from './shell/utc-time.js'

/** What is observed of an exchange, by the command and by the service. */
export const OBSERVED_OPTIONS = {
  exchangeAt: LIVE_OPTIONS.exchangeAt,
  symbols: LIVE_OPTIONS.symbols,
  top: LIVE_OPTIONS.top,
  cadence: option({
    flag: '--cadence',
    value: '<time>',
    help: 'from advance to advance, 100ms to 60s, a part of a minute (default: 1s)',
    parse: aCadence,
  }),
  record: option({
    flag: '--record',
    value: '<folder>',
    help: 'record everything that is told, and when time was told: dolphin observe --replay makes the same of it',
    parse: aFile,
  }),
  warmUp: option({
    flag: '--no-warm-up',
    help: 'ask for no candles of before: ranges, and with them regimes, are known after seven hours',
    parse: asTyped<boolean>,
  }),
  serve: option({
    flag: '--serve',
    value: '[addr]',
    help: 'serve /metrics, /healthz and /observation at 127.0.0.1:8080, or at [host:]port of this machine',
    parse: aLocalAddress,
  }),
}

const MINUTE_MS = 60_000

function aCadence(typed: string, check: OptionCheck, flag: string): number | undefined {
  const ms = span(check, flag, { typed, minMs: 100, maxMs: MINUTE_MS })
  if (ms === undefined || MINUTE_MS % ms === 0) return ms
  return check.wrong(flag, `expected a part of a minute, found ${found(typed)}`)
}

/** What is served takes no token: nobody else may reach it. */
function aLocalAddress(typed: string | true, check: OptionCheck, flag: string): ServeAddress | undefined {
  const problems: { readonly message: string }[] = []
  const address = serveAddress(typed, problems)
  for (const { message } of problems) check.wrong(flag, message)
  if (address === undefined) return undefined
  const isLocal = ['127.0.0.1', 'localhost', '::1'].includes(address.host)
  if (isLocal) return address
  return check.wrong(flag, `expected an address of this machine such as 127.0.0.1:8080, found ${found(typed)}`)
}
