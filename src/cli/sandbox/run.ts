import { systemClock } from '../../adapters/clock/system-clock.js'
import { InputMistake, SurroundingsFailed } from '../../base/mistakes.js'
import { systemFailure } from '../../files/system-failure.js'
import type { Timer } from '../../ports/clock.js'
import type { Instrument } from '../../ports/vocabulary/instrument.js'
import { clockTimer, scaledClock } from '../../runtime/time/scaled-clock.js'
import { applyFault, refusedFault } from '../../sandbox/fault-values.js'
import { SandboxExchange } from '../../sandbox/sandbox-exchange.js'
import { type SandboxServer, serveSandbox } from '../../sandbox/server/sandbox-server.js'
import type { ExitCode } from '../shell/exit-codes.js'
import { stopExitCode, stopSignals } from '../shell/signals.js'
import { notice } from '../shell/terminal.js'
import { type ChosenMarket, chosenMarket } from './market.js'
import type { SandboxOptions } from './options.js'

/** Serves a sandbox until it is told to stop. */
export async function runSandbox(options: SandboxOptions): Promise<ExitCode> {
  const timer = timerOf(options.speed)
  const market = await chosenMarket(options, timer.epochMs())
  const symbols = market.instruments.map(({ identity }) => identity.symbol)
  for (const wish of options.faults) {
    const message = refusedFault(wish, symbols)
    if (message !== undefined) throw new InputMistake({ place: '--fault', message })
  }
  const { server, exchange } = await start(options, market, timer)
  for (const wish of options.faults) applyFault(exchange.faults, wish)
  // Whoever reads the address may stop us at once.
  const { stopped } = stopSignals({ stdin: false })
  say(options, server, market.instruments)
  const cause = await stopped
  await server.close()
  return stopExitCode(cause)
}

async function start(
  options: SandboxOptions,
  { instruments, player }: ChosenMarket,
  timer: Timer,
): Promise<{ readonly server: SandboxServer; readonly exchange: SandboxExchange }> {
  const { port, seed, balance } = options
  const { token, ...key } = options.secrets
  const exchange = new SandboxExchange({
    instruments,
    startingBalanceUsd: balance,
    seed,
    keys: [key],
    market: { history: player, liquidatedShare: LIQUIDATED_SHARE },
  })
  try {
    const server = await serveSandbox({ exchange, timer, market: player, port, token, key })
    return { server, exchange }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === 'listen') {
      const message = `cannot listen at 127.0.0.1:${port}: ${(error as Error).message}`
      throw new SurroundingsFailed({ place: '--port', message }, busyHint(error))
    }
    throw systemFailure(error) ?? error
  }
}

/** Of the trades: of 20 symbols somebody is liquidated about every ten seconds. */
const LIQUIDATED_SHARE = 0.01

function busyHint(error: unknown): { readonly hint?: string } {
  const isBusy = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
  return isBusy ? { hint: 'Another program listens there: name another port, or 0 for any free one.' } : {}
}

function timerOf(speed: number): Timer {
  if (speed === 1) return clockTimer(systemClock)
  const epochMs = systemClock.epochMs()
  return clockTimer(scaledClock({ speed, epochMs, realEpochMs: epochMs }, systemClock))
}

function say(
  { secrets, json, quiet }: SandboxOptions,
  { origin }: SandboxServer,
  instruments: readonly Instrument[],
): void {
  const streams = origin.replace('http', 'ws')
  if (json) {
    const symbols = instruments.map(({ identity }) => identity.symbol)
    process.stdout.write(
      `${JSON.stringify({ restUrl: origin, streamUrl: streams, archiveUrl: origin, deribitUrl: `${origin}/deribit`, fngUrl: origin, ...secrets, symbols })}\n`,
    )
    return
  }
  process.stdout.write(
    [
      `REST      ${origin}`,
      `streams   ${streams}`,
      `archive   ${origin}`,
      `Deribit   ${origin}/deribit`,
      `F&G index ${origin}/fng/`,
      `API key   ${secrets.apiKey}`,
      `secret    ${secrets.secret}`,
      `token     ${secrets.token}`,
      '',
    ].join('\n'),
  )
  if (quiet) return
  const { apiKey, secret, token } = secrets
  notice('')
  notice('For the other terminal:')
  notice(`export DOLPHIN_BINANCE_KEY=${apiKey} DOLPHIN_BINANCE_SECRET=${secret} DOLPHIN_SANDBOX_TOKEN=${token}`)
  notice('')
  notice(`${instruments.length} symbols. Key, secret and token are of this run alone. Ctrl-C ends it.`)
}
