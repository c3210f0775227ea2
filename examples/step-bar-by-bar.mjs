// Drive the engine bar by bar, as a live session would, with a snapshot in the middle of the day.
import { DEFAULT_PARAMETERS, Engine } from 'dolphin-engine'

const symbols = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT']
let engine = new Engine(DEFAULT_PARAMETERS, 25_000)
engine.addAssets(symbols)
engine.beginDay({ date: '2026-01-05', posture: 'APEX' })

// A made-up market that drifts down in small steps, with one instability onset.
for (let bar = 0; bar < 400; bar++) {
  const fall = 1 - bar * 0.0001 + 0.00005 * Math.sin(bar)
  const { entry, exit } = engine.step({
    velDiv: bar === 200 ? -0.06 : 0,
    prices: [3.2 * fall, 2.1 * fall, 1.4 * fall],
    volOk: bar >= 100,
    timeMs: Date.UTC(2026, 0, 5) + bar * 5_000,
  })
  if (entry) console.log(`bar ${bar}: short ${entry.asset}, ${entry.notional.toFixed(2)} USD at ${entry.entryPrice}`)
  if (exit) console.log(`bar ${bar}: ${exit.reason} after ${exit.barsHeld} bars, net ${exit.net.toFixed(2)} USD`)

  // The complete state is JSON: a restart continues bit for bit.
  if (bar === 230) engine = Engine.restore(JSON.parse(JSON.stringify(engine.snapshot())))
}
engine.endDay()
console.log(`capital ${engine.capital.toFixed(2)} USD`)
