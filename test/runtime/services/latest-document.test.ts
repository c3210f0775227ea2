import { describe, expect, it } from 'vitest'
import { ACB_BOOST } from '../../../src/core/grid/feature-documents.js'
import { LatestDocument } from '../../../src/runtime/services/latest-document.js'

function setUp() {
  const warnings: string[] = []
  return { warnings, latest: new LatestDocument(ACB_BOOST, (text) => warnings.push(text)) }
}

describe('the latest document of a key', () => {
  it('is the last text that could be read', () => {
    const { latest, warnings } = setUp()
    expect(latest.value).toBeUndefined()
    expect(latest.take('{"boost":1.5,"beta":0.2}')).toBe(true)
    expect(latest.take('{"boost":1.5,"beta":0.2}')).toBe(false)
    expect(latest.take(undefined)).toBe(false)
    expect(latest.take('{"boost":9,"beta":0.2}')).toBe(false)
    expect(latest.value).toEqual({ boost: 1.5, beta: 0.2 })
    expect(warnings).toEqual([
      'acb_boost.boost: expected a number of at least 1 and of at most 3, found 9; the value before it stays',
    ])
  })

  it('tells a cause once, until it has been well again', () => {
    const { latest, warnings } = setUp()
    for (const boost of [4, 5, 6]) latest.take(`{"boost":${boost},"beta":0.2}`)
    expect(warnings).toHaveLength(1)
    latest.take('{"boost":1,"beta":7}')
    expect(warnings).toHaveLength(2)
    latest.take('{"boost":1,"beta":0.2}')
    latest.take('{"boost":1,"beta":7}')
    expect(warnings).toHaveLength(3)
  })
})
