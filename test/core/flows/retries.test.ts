import { expect, test } from 'vitest'
import { retryPauseMs } from '../../../src/core/flows/retries.js'

test('the pause before a retry doubles from one second on', () => {
  expect([1, 2, 3].map(retryPauseMs)).toEqual([1_000, 2_000, 4_000])
})
