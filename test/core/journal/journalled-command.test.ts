import { expect, test } from 'vitest'
import { canonicalJson } from '../../../src/base/canonical-json.js'
import { journalledCommand } from '../../../src/core/journal/journalled-command.js'

test('a command is hashed under the names that journals have always had for it', () => {
  const command = { command: 'kill', reason: 'prices look wrong' } as const
  expect(canonicalJson(journalledCommand({ kind: 'command', nowMs: 5, command }))).toBe(
    '{"kind":"operator","nowMs":5,"operator":{"command":"kill","reason":"prices look wrong"}}',
  )
})
