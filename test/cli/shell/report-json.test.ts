import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reportJson } from '../../../src/cli/shell/report-json.js'

describe('report JSON', () => {
  it('is the JSON of the report, whatever the report', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (report) => {
        expect(JSON.parse(reportJson(report))).toEqual(JSON.parse(JSON.stringify(report)))
      }),
    )
  })

  it('has one line per key and one per element of a list of objects', () => {
    expect(reportJson({ a: 1, none: [], numbers: [1, 2], trades: [{ x: 1 }, { x: 2 }] })).toBe(
      '{\n  "a": 1,\n  "none": [],\n  "numbers": [1,2],\n  "trades": [\n    {"x":1},\n    {"x":2}\n  ]\n}\n',
    )
  })
})
