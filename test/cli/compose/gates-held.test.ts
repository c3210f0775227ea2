import { expect, it } from 'vitest'
import { gatesHeld, refuseUngated } from '../../../src/cli/compose/gates-held.js'
import { executorOptions } from '../../../src/cli/executor/options.js'

it.each([
  ['production', {}],
  ['https://fapi.binance.com', {}],
  ['https://FAPI.binance.com.:443/', {}],
  ['production', gatesHeld(6)],
  ['production', gatesHeld(75)],
])(
  'an executor of %s that no trader started behind open gates refuses to start, with %j in its environment',
  (at, environment) => {
    const { exchange } = executorOptions({ link: 'l', journal: 'j', exchangeAt: at })
    const { name } = exchange as { readonly name: string }
    expect(() => refuseUngated(name, { parentPid: 7, environment })).toThrow(/behind the gates of LIVE alone/)
  },
)

it.each([
  ['production', gatesHeld(7)],
  ['demo', {}],
  ['http://127.0.0.1:8181', {}],
])('an executor of %s starts with %j in its environment', (name, environment) => {
  expect(() => refuseUngated(name, { parentPid: 7, environment })).not.toThrow()
})
