import { expect, test } from 'vitest'
import { EXTERNAL_FACTORS } from '../../../src/core/grid/feature-documents.js'
import { marketCases } from '../../support/golden-market.js'

/** The documents that an independent implementation has written. */
const written = marketCases('factors', 'factors').flatMap(([id, { expected }]) =>
  (expected as readonly (object | null)[]).flatMap((answer, i) =>
    answer !== null && 'sources' in answer ? [[`${id}, answer ${i}`, answer] as const] : [],
  ),
)

test.each(written)('the external factors of %s are read whole', (_, document) => {
  expect(EXTERNAL_FACTORS.read(JSON.stringify(document))).toEqual({ value: document })
})
