import { systemClock } from '../../src/adapters/clock/system-clock.js'
import { clockTimer } from '../../src/runtime/time/scaled-clock.js'
import { SyntheticMarket } from '../../src/sandbox/market/synthetic-market.js'
import { SandboxExchange } from '../../src/sandbox/sandbox-exchange.js'
import { type SandboxServer, serveSandbox } from '../../src/sandbox/server/sandbox-server.js'
import type { SandboxSettings } from '../../src/sandbox/settings.js'
import { instrument } from './instruments.js'

export const SANDBOX_KEY = { apiKey: 'sandbox-key', secret: 'sandbox-secret' }
export const SANDBOX_TOKEN = 'sandbox-token'

/** A sandbox on a free port, its market made up and going on, by the machine's clock. Whoever starts it closes it. */
export async function startSandbox(
  changes: Partial<SandboxSettings> = {},
  { stepMs = 500 }: { /** Between two quotes of a symbol. */ readonly stepMs?: number } = {},
): Promise<SandboxServer & { readonly exchange: SandboxExchange }> {
  const instruments = changes.instruments ?? [instrument(), instrument({ tickSize: '0.01' }, 'ETHUSDT')]
  const timer = clockTimer(systemClock)
  const assets = instruments.map((listed, i) => ({ instrument: listed, price: i === 0 ? 96_000 : 3_300 / i }))
  const market = new SyntheticMarket({ seed: 1, assets, startMs: timer.epochMs(), stepMs })
  const exchange = new SandboxExchange({
    instruments,
    startingBalanceUsd: '10000',
    seed: 1,
    keys: [SANDBOX_KEY],
    market: { history: market },
    ...changes,
  })
  const server = await serveSandbox({ exchange, timer, market, token: SANDBOX_TOKEN, key: SANDBOX_KEY })
  return { ...server, exchange }
}
