import { BinanceMarketData } from '../../../../src/adapters/binance/books/binance-market-data.js'
import { endpointsOf } from '../../../../src/adapters/binance/endpoints.js'
import { BinanceWire } from '../../../../src/adapters/binance/io/binance-wire.js'
import { systemClock } from '../../../../src/adapters/clock/system-clock.js'
import { clockTimer } from '../../../../src/runtime/time/scaled-clock.js'
import { startSandbox } from '../../../support/sandbox.js'
import { leaveTime, until } from '../../../support/until.js'
import { describeMarketData } from '../../market-data-contract.js'
import { SandboxMarketData } from './sandbox-market-data.js'

const SYMBOLS = ['BTCUSDT', 'ETHUSDT'] as const

describeMarketData('The feed of books on virtual time', async () => {
  const at = new SandboxMarketData({ symbols: SYMBOLS, isUnheard: true })
  return {
    data: at.data,
    symbols: SYMBOLS,
    async until(holds) {
      const untilMs = at.time.epochMs() + 120_000
      while (!holds()) {
        if (at.time.epochMs() > untilMs) throw new Error('it does not come')
        at.passMs(5)
      }
    },
    pass: async (ms) => at.passMs(ms),
    end: async () => {},
  }
})

describeMarketData('The feed of books over sockets', async () => {
  const sandbox = await startSandbox({}, { stepMs: 100 })
  const wire = new BinanceWire(endpointsOf(sandbox.origin))
  const data = new BinanceMarketData({ wire, timer: clockTimer(systemClock) })
  return {
    data,
    symbols: SYMBOLS,
    until: async (holds) => void (await until(holds)),
    pass: leaveTime,
    end: () => sandbox.close(),
  }
})
