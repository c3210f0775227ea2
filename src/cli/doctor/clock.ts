import { existsSync } from 'node:fs'
import { InputMistake } from '../../base/mistakes.js'
import { reason } from '../../files/reason.js'
import { within } from '../../files/within.js'
import type { Finding } from './finding.js'

/** How this machine's clock stands. Orders are signed with it, so a venue refuses those of a clock that is far off. */
export interface Clock {
  readonly nowUtc: string
  /** Whether the operating system says that it follows a time source; null: it does not say. */
  readonly synchronised: boolean | null
  /** This clock less the server's, ms; the true offset is within half a round trip, `toleranceMs`. Null: not measured. */
  readonly offsetMs: number | null
  readonly toleranceMs: number | null
  /** Why a measurement that was asked for failed. */
  readonly failure?: string
}

const TIMEOUT_MS = 5_000
/** Beyond this a venue's receive window is at risk. */
const WARN_MS = 500
/** Binance refuses a request whose timestamp is this far in the future, whatever the receive window. */
const BAD_MS = 1_000

/** Measures against a server when one is named: the best of three round trips. */
export async function measureClock(address: string | undefined): Promise<Clock> {
  const known = { nowUtc: new Date().toISOString(), synchronised: followsTimeSource() }
  if (address === undefined) return { ...known, offsetMs: null, toleranceMs: null }
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new InputMistake({ place: '--time-url', message: `expected an http or https address, found "${address}"` })
  }
  try {
    const trips = [await roundTrip(address), await roundTrip(address), await roundTrip(address)]
    const best = trips.reduce((a, b) => (b.toleranceMs < a.toleranceMs ? b : a))
    return { ...known, ...best }
  } catch (error) {
    return { ...known, offsetMs: null, toleranceMs: null, failure: reason((error as Error).cause ?? error) }
  }
}

async function roundTrip(address: string): Promise<{ offsetMs: number; toleranceMs: number }> {
  const sentMs = Date.now()
  const { response, receivedMs, body } = await within(TIMEOUT_MS, async ({ signal }) => {
    const answer = await fetch(address, { signal })
    return { response: answer, receivedMs: Date.now(), body: await answer.text() }
  })
  if (!response.ok) throw new Error(`expected the time, found HTTP ${response.status}`)
  const middleMs = (sentMs + receivedMs) / 2
  const exact = serverTime(body)
  const dateMs = Date.parse(response.headers.get('date') ?? '')
  if (exact === undefined && Number.isNaN(dateMs))
    throw new Error('expected serverTime or a Date header, found neither')
  // A Date header is cut to whole seconds: the server's time is up to a second later.
  const serverMs = exact ?? dateMs + 500
  const toleranceMs = (receivedMs - sentMs) / 2 + (exact === undefined ? 500 : 0)
  return { offsetMs: Math.round(middleMs - serverMs), toleranceMs: Math.ceil(toleranceMs) }
}

function serverTime(body: string): number | undefined {
  try {
    const { serverTime: time } = JSON.parse(body) as { serverTime?: unknown }
    return typeof time === 'number' && Number.isFinite(time) ? time : undefined
  } catch {
    return undefined
  }
}

/** Only what systemd leaves behind is read: asking a daemon would need its tools. */
function followsTimeSource(): boolean | null {
  if (!existsSync('/run/systemd/timesync')) return null
  return existsSync('/run/systemd/timesync/synchronized')
}

export function clockFindings({ nowUtc, synchronised, offsetMs, toleranceMs, failure }: Clock): Finding[] {
  const check = 'clock'
  if (failure !== undefined) return [{ check, state: 'warn', says: `it could not be measured: ${failure}` }]
  if (offsetMs !== null && toleranceMs !== null) {
    const surelyMs = Math.max(0, Math.abs(offsetMs) - toleranceMs)
    const says = `${offsetMs >= 0 ? 'ahead' : 'behind'} by ${Math.abs(offsetMs)} ms, ± ${toleranceMs} ms`
    const state = surelyMs >= BAD_MS ? 'bad' : surelyMs >= WARN_MS ? 'warn' : 'ok'
    return [
      {
        check,
        state,
        says,
        ...(state === 'ok' ? {} : { remedy: 'Let the operating system follow a time source (NTP).' }),
      },
    ]
  }
  if (synchronised === false) {
    return [
      {
        check,
        state: 'warn',
        says: `${nowUtc}, and the operating system follows no time source`,
        remedy: 'Switch it on (timedatectl set-ntp true), or measure it with --time-url.',
      },
    ]
  }
  const how = synchronised === true ? 'the operating system follows a time source' : 'not measured (--time-url)'
  return [{ check, state: 'ok', says: `${nowUtc}; ${how}` }]
}
