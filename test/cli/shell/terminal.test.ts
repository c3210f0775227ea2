import fc from 'fast-check'
import { createColors } from 'picocolors'
import { describe, expect, it } from 'vitest'
import { type Colours, markedColours, terminalText, textOfLines } from '../../../src/cli/shell/terminal.js'

const PAINTS = ['bold', 'dim', 'red', 'green', 'yellow', 'inverse', 'bgRed'] as const

describe('what reaches a terminal', () => {
  it('has our own colours as picocolors writes them', () => {
    const painted = (colours: Colours) => colours.bgRed(colours.bold(` a ${colours.red('b')} c `)) + colours.dim('d')
    expect(terminalText(painted(markedColours()))).toBe(painted(createColors(true)))
  })

  it('has no escape sequence of a text in it, whatever colours are around it', () => {
    const hostile = fc.array(
      fc.constantFrom('\u001b', '[31m', ']0;title\u0007', '\u009b', '\n', 'text', '\ufdd0', '\u202e'),
    )
    fc.assert(
      fc.property(hostile, fc.constantFrom(...PAINTS), (parts, paint) => {
        const text = terminalText(textOfLines([markedColours()[paint](parts.join('')), 'next']))
        const [open, close] = createColors(true)[paint](' ').split(' ') as [string, string]
        expect(text.startsWith(open)).toBe(true)
        expect(text.endsWith(`${close}\nnext\n`)).toBe(true)
        expect(text.slice(open.length, -`${close}\nnext\n`.length)).not.toMatch(/[\p{Cc}\p{Cf}]/u)
      }),
    )
  })
})
