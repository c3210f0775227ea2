import { describeVenue } from '../../venue-contract.js'
import { readySandboxVenue } from './sandbox-venue.js'

describeVenue('BinanceVenue before the sandbox', async ({ silent }) => {
  const { venue, time, rig, wire } = readySandboxVenue()
  const settle = async () => time.runTo(time.epochMs() + 4_000)
  wire.isCut = silent
  return {
    venue,
    nowMs: () => time.epochMs(),
    settle,
    async quote(quote) {
      rig.market({ kind: 'quote', quote: { ...quote, timestampMs: time.epochMs() } })
      await settle()
    },
  }
})
