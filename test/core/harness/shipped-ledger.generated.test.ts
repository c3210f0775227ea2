import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { SHIPPED_LEDGER_FILE, shippedLedger } from '../../../scripts/ledger.js'
import { FLOW_GRAPHS } from '../../../src/core/flows/flow-graphs.js'
import { SHIPPED_LEDGER } from '../../../src/core/harness/shipped-ledger.generated.js'
import { v1Graph } from '../../../src/core/harness/v1.js'

it('what the core has of the ledger is what docs/ledger.md says', () => {
  expect(readFileSync(SHIPPED_LEDGER_FILE, 'utf8')).toBe(shippedLedger())
})

it('the ledger authorises every skill that a shipped graph names, and no other', () => {
  const graphs = [v1Graph, ...Object.values(FLOW_GRAPHS).flat()]
  const skills = graphs.flatMap(({ tasks }) => tasks.map(({ skillRef }) => skillRef))
  const authorised = SHIPPED_LEDGER.filter(({ kind }) => kind === 'AUTHORIZE').map(({ skillId }) => skillId)
  expect([...authorised].sort()).toEqual([...new Set(skills)].sort())
})
