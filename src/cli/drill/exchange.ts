import { randomBytes } from 'node:crypto'
import { systemClock } from '../../adapters/clock/system-clock.js'
import { loadInstruments } from '../../config/instruments.js'
import { clockTimer } from '../../runtime/time/scaled-clock.js'
import type { FaultName } from '../../sandbox/faults.js'
import { SyntheticMarket } from '../../sandbox/market/synthetic-market.js'
import { SandboxExchange } from '../../sandbox/sandbox-exchange.js'
import { type SandboxServer, serveSandbox } from '../../sandbox/server/sandbox-server.js'

/** An exchange of a drill's own, in this process: with an account, made-up prices, and faults that are provoked as a person would. */
export class DrillExchange {
  /** Of what a session is told: where it is, and what its keys are. */
  readonly origin: string
  readonly environment: Readonly<Record<string, string>>
  /** Every fill that was ever made, whoever was told of it. */
  readonly fills: readonly DrillFill[]
  private readonly token: string

  static async start(): Promise<DrillExchange> {
    const secrets = { apiKey: secret(), secret: secret(), token: secret() }
    const { token, ...key } = secrets
    const table = loadInstruments()
    const timer = clockTimer(systemClock)
    const assets = MARKETS.map(([symbol, price]) => ({ instrument: table.instrument(symbol), price }))
    const market = new SyntheticMarket({ seed: SEED, assets, startMs: timer.epochMs() })
    const fills: DrillFill[] = []
    const exchange = new SandboxExchange({
      instruments: assets.map(({ instrument }) => instrument),
      startingBalanceUsd: BALANCE_USD,
      seed: SEED,
      keys: [key],
      market: { history: market },
      witness({ e, o }) {
        const { s, t, l } = (o ?? {}) as Readonly<Record<string, unknown>>
        if (e === 'ORDER_TRADE_UPDATE' && l !== '0') fills.push({ symbol: String(s), tradeId: Number(t) })
      },
    })
    const server = await serveSandbox({ exchange, timer, market, token, key })
    return new DrillExchange(exchange, server, { secrets, fills })
  }

  private constructor(
    private readonly exchange: SandboxExchange,
    private readonly server: SandboxServer,
    { secrets, fills }: { readonly secrets: Secrets; readonly fills: readonly DrillFill[] },
  ) {
    this.origin = server.origin
    this.token = secrets.token
    this.fills = fills
    this.environment = { DOLPHIN_BINANCE_KEY: secrets.apiKey, DOLPHIN_BINANCE_SECRET: secrets.secret }
  }

  get symbols(): string {
    return MARKETS.map(([symbol]) => symbol).join(',')
  }

  /** Symbols of which the account holds something. */
  get held(): readonly string[] {
    return Object.keys(this.exchange.view().positions)
  }

  /** Throws when it is not taken. */
  async provoke(fault: FaultName, value?: string): Promise<void> {
    await this.change('POST', `faults/${fault}`, { value: value ?? null })
  }

  /** As if nothing were wrong. */
  async clear(): Promise<void> {
    await this.change('DELETE', 'faults', {})
  }

  close(): Promise<void> {
    return this.server.close()
  }

  private async change(method: string, path: string, body: object): Promise<void> {
    const response = await fetch(`${this.origin}/sandbox/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}` },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`the sandbox refuses ${method} ${path}: ${await response.text()}`)
  }
}

/** A fill of the account. */
export interface DrillFill {
  readonly symbol: string
  readonly tradeId: number
}

interface Secrets {
  readonly apiKey: string
  readonly secret: string
  readonly token: string
}

/** With which prices begin, USD. */
const MARKETS: readonly (readonly [symbol: string, price: number])[] = [
  ['BTCUSDT', 96_000],
  ['ETHUSDT', 3_300],
  ['SOLUSDT', 180],
  ['XRPUSDT', 2.4],
  ['BNBUSDT', 650],
  ['DOGEUSDT', 0.33],
  ['ADAUSDT', 0.95],
  ['AVAXUSDT', 38],
  ['LINKUSDT', 22],
  ['LTCUSDT', 105],
]
const SEED = 1
const BALANCE_USD = '25000'

function secret(): string {
  return randomBytes(24).toString('hex')
}
