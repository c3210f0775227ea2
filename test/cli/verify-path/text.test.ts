import { describe, expect, it } from 'vitest'
import { verifiedText } from '../../../src/cli/verify-path/text.js'

const hop = { path: 'posture', hop: 'it falls', held: true, why: null, rounds: 5, p50Ms: 0.25, maxMs: 12.345 }

describe('the text of a verification', () => {
  it('says of every hop whether it held, how often, and how long it took', () => {
    const text = verifiedText([hop, { ...hop, hop: 'b', p50Ms: null, maxMs: null }], { color: false })
    expect(text.split('\n').map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['hop', 'verdict', 'rounds', 'p50 ms', 'max ms'],
      ['posture: it falls', 'HELD', '5', '0.3', '12.3'],
      ['posture: b', 'HELD', '5', '-', '-'],
      [''],
      ['All 2 hops held.'],
      [''],
    ])
  })

  it('says below the table why a hop did not hold', () => {
    const text = verifiedText([hop, { ...hop, hop: 'b', held: false, why: 'nothing came' }], { color: false })
    expect(text).toContain('NOT HELD')
    expect(text).toContain('\nposture: b: nothing came\n\n1 of 2 hops did not hold.\n')
  })
})
