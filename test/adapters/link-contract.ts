import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { Link } from '../../src/ports/link.js'
import { leaveTime, until } from '../support/until.js'

/** Two ends that are connected. */
export interface LinkPair {
  readonly left: Link
  readonly right: Link
}

/** What every adapter of the Link port must do. `open` makes a new connected pair, which the suite closes. */
export function linkContract(name: string, open: () => Promise<LinkPair>): void {
  describe(`the link contract: ${name}`, () => {
    const opened: LinkPair[] = []
    const pair = async (): Promise<LinkPair> => {
      const made = await open()
      opened.push(made)
      return made
    }
    afterEach(async () => {
      for (const { left, right } of opened.splice(0)) await Promise.all([left.close(), right.close()])
    })

    it('carries every text as it was sent, in order, both ways', async () => {
      const { left, right } = await pair()
      const atLeft = received(left)
      const atRight = received(right)
      await fc.assert(
        fc.asyncProperty(fc.array(envelopeText()), fc.array(envelopeText()), async (toRight, toLeft) => {
          atLeft.length = 0
          atRight.length = 0
          for (const text of toRight) left.send(text)
          for (const text of toLeft) right.send(text)
          await until(() => atRight.length >= toRight.length && atLeft.length >= toLeft.length)
          expect(atRight).toEqual(toRight)
          expect(atLeft).toEqual(toLeft)
        }),
        { numRuns: 30 },
      )
    })

    it('carries a message of a quarter of a million characters', async () => {
      const { left, right } = await pair()
      const atRight = received(right)
      const text = 'ä€𝄞x'.repeat(50_000)
      left.send(text)
      await until(() => atRight.length > 0)
      expect(atRight[0] === text).toBe(true)
    })

    it('delivers nothing while it is being sent', async () => {
      const { left, right } = await pair()
      let sending = false
      let during = 0
      let seen = 0
      right.listen(() => {
        seen++
        if (sending) during++
        if (seen < 5) {
          sending = true
          right.send('back')
          sending = false
        }
      })
      left.listen(() => {
        if (sending) during++
        left.send('again')
      })
      left.send('first')
      await until(() => seen >= 5)
      expect(during).toBe(0)
    })

    it('takes texts after it is closed without a word, and delivers none', async () => {
      const { left, right } = await pair()
      const atLeft = received(left)
      const atRight = received(right)
      await left.close()
      left.send('into the void')
      right.send('nobody there')
      await leaveTime(20)
      expect([...atLeft, ...atRight]).toEqual([])
    })

    it('closes twice as well as once', async () => {
      const { left } = await pair()
      await left.close()
      await left.close()
    })
  })
}

/** Everything `link` receives from now on. */
export function received(link: Link): string[] {
  const texts: string[] = []
  link.listen((text) => texts.push(text))
  return texts
}

/** What envelopes are made of: JSON on one line, with every character that JSON lets stand as it is. */
export function envelopeText(): fc.Arbitrary<string> {
  return fc.string({ unit: 'binary', maxLength: 60 }).map((body) => JSON.stringify({ body }))
}
