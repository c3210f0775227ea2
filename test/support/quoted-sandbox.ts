import { startSandbox } from './sandbox.js'
import { until } from './until.js'

/** A sandbox whose market has begun: there is a best bid to put orders below. Whoever starts it closes it. */
export async function startQuotedSandbox(): ReturnType<typeof startSandbox> {
  const sandbox = await startSandbox()
  await until(async () => {
    const answer = await fetch(`${sandbox.origin}/fapi/v1/ticker/bookTicker?symbol=BTCUSDT`)
    return Number(((await answer.json()) as { readonly bidPrice: string }).bidPrice) > 0
  })
  return sandbox
}
