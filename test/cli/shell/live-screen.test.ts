import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { LiveScreen } from '../../../src/cli/shell/live-screen.js'

function terminal(rows: number): { readonly stream: NodeJS.WriteStream; readonly written: string[] } {
  const written: string[] = []
  const stream = new Writable({
    write(chunk, _, done) {
      written.push(String(chunk))
      done()
    },
  })
  return { stream: Object.assign(stream, { rows }) as never, written }
}

describe('a screen that is drawn in place', () => {
  it('draws each frame over the one before, clears what a shorter one leaves, cuts lines that are too long while it draws, and gives the cursor back', () => {
    const { stream, written } = terminal(24)
    const screen = new LiveScreen(stream)
    screen.draw('one\ntwo\n')
    screen.draw('three\n')
    screen.end()
    expect(written).toEqual([
      '\x1b[?25l',
      '\x1b[?7l\rone\x1b[K\ntwo\x1b[K\n\x1b[J\x1b[?7h',
      '\x1b[?7l\x1b[2A\rthree\x1b[K\n\x1b[J\x1b[?7h',
      '\x1b[?25h',
    ])
  })

  it('draws no more lines than there are, lest the next frame cannot return to the first', () => {
    const { stream, written } = terminal(3)
    const screen = new LiveScreen(stream)
    screen.draw('1\n2\n3\n4\n')
    screen.end()
    expect(written[1]).toBe('\x1b[?7l\r1\x1b[K\n2\x1b[K\n\x1b[J\x1b[?7h')
  })
})
