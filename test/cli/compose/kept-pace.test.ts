import { expect, test } from 'vitest'
import { behindNotices, behindText } from '../../../src/cli/compose/kept-pace.js'

const KEPT = { speed: 50, keptSpeed: 31.24, lostMs: 84_049 }

test('a clock that fell behind is told with what was asked for and what was kept', () => {
  expect(behindText(KEPT)).toBe('the clock fell behind by 84.0 s: asked for × 50, kept × 31.2')
})

test('a clock that falls behind is told at once, and then each minute', () => {
  const told: string[] = []
  let realMs = 0
  const fellBehind = behindNotices(
    (text) => told.push(text),
    () => realMs,
  )
  for (realMs = 0; realMs <= 130_000; realMs += 1_000) fellBehind({ ...KEPT, lostMs: realMs })
  expect(told.map((text) => /by (\S+) s/.exec(text)?.[1])).toEqual(['0.0', '60.0', '120.0'])
})
