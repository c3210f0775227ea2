import { expect, test } from 'vitest'
import { readCorpus, replayed } from './corpus.js'

test.each(readCorpus().map((entry) => [entry.name, entry] as const))(
  'the session %s, which once broke an invariant, breaks none',
  (_, entry) => {
    expect(replayed(entry), entry.found).toBeUndefined()
  },
)
