import { describe, expect, it } from 'vitest'
import { AlignedBooks } from '../../../../src/core/orderbook/aligned-books.js'
import { type BooksAtBar, LiveBooks } from '../../../../src/runtime/services/trader/live-books.js'
import { VirtualTime } from '../../../../src/runtime/time/virtual-time.js'
import { bookBar, DEEP_ROW, type Known } from '../../../support/book-bars.js'
import { pass } from '../../../support/pass-time.js'

const STEP_MS = 5_000
const END_MS = Date.UTC(2026, 2, 2, 7, 50)

class Books {
  readonly time = new VirtualTime(END_MS)
  readonly books = new LiveBooks({
    ...{ aligned: new AlignedBooks(['BTCUSDT', 'ETHUSDT']), clock: this.time, stepMs: STEP_MS },
  })
  private readonly stop = new AbortController()

  close(endMs: number, assets: Readonly<Record<string, Known>> = { BTCUSDT: DEEP_ROW }, isPublished = true): void {
    this.books.closed(bookBar(endMs, assets, { cascadeCount: 2, regimeSignal: 1 }), { isPublished })
  }

  /** What is read of a bar, and how long it took, ms. */
  async at(number: number, endMs: number, meanwhile?: () => void): Promise<[BooksAtBar, number]> {
    const beganMs = this.time.epochMs()
    let read: BooksAtBar | undefined
    void this.books.at(number, endMs, this.stop.signal).then((found) => {
      read = found
    })
    await pass(this.time, 0)
    meanwhile?.()
    await pass(this.time, 0)
    while (read === undefined) await pass(this.time, 100)
    return [read, this.time.epochMs() - beganMs]
  }

  abort(): void {
    this.stop.abort()
  }
}

describe('the live books of a bar', () => {
  it('are those of the books’ bar with the same end, and of no other', async () => {
    const world = new Books()
    world.close(END_MS - STEP_MS, { BTCUSDT: { ...DEEP_ROW, depthQuality: 0.5 } })
    world.close(END_MS, { BTCUSDT: DEEP_ROW, ETHUSDT: 'no row' })
    const macro = { cascadeCount: 2, regimeSignal: 1 }
    const [books, waitedMs] = await world.at(1, END_MS)
    expect(books).toMatchObject({ macro, rows: { BTCUSDT: DEEP_ROW } })
    expect(Object.keys((books as { rows: object }).rows)).toEqual(['BTCUSDT'])
    expect(waitedMs).toBe(0)
    expect((await world.at(0, END_MS - STEP_MS))[0]).toMatchObject({ rows: { BTCUSDT: { depthQuality: 0.5 } } })
  })

  it('have no row before the first minute of the service is over, and are not dark', async () => {
    const world = new Books()
    world.close(END_MS, { BTCUSDT: DEEP_ROW }, false)
    expect((await world.at(0, END_MS))[0]).toEqual({ macro: { cascadeCount: 0, regimeSignal: 0 }, rows: {} })
  })

  it('are waited for half a second at the most, when the bar before has been closed', async () => {
    const world = new Books()
    world.close(END_MS - STEP_MS)
    const [late, waitedMs] = await world.at(1, END_MS)
    expect(late).toEqual({ dark: 'the last bar of the order books ended 5 s before that of the prices' })
    expect(waitedMs).toBe(500)
  })

  it('that are closed meanwhile are read at once', async () => {
    const world = new Books()
    world.close(END_MS - STEP_MS)
    const [books, waitedMs] = await world.at(1, END_MS, () => world.close(END_MS))
    expect(books).toMatchObject({ rows: { BTCUSDT: DEEP_ROW } })
    expect(waitedMs).toBe(0)
  })

  it('are not waited for when their service stands still, nor again for a first bar that did not come', async () => {
    const world = new Books()
    expect(await world.at(0, END_MS)).toEqual([{ dark: 'no bar of the order books has been closed yet' }, 500])
    expect((await world.at(1, END_MS + STEP_MS))[1]).toBe(0)
    world.close(END_MS)
    expect((await world.at(2, END_MS + 2 * STEP_MS))[1]).toBe(0)
  })

  it('are dark when no book is known at the bar', async () => {
    const world = new Books()
    world.close(END_MS, { BTCUSDT: 'dark', ETHUSDT: 'dark' })
    expect((await world.at(0, END_MS))[0]).toEqual({
      dark: 'none of 2 order books is known: not connected, or not in step yet',
    })
    expect(world.books.view()).toEqual({ known: 0, followed: 2, barEndMs: END_MS })
  })

  it('of a bar that is read late are those that it had, or none; they are never those of a later one', async () => {
    const world = new Books()
    world.close(END_MS)
    expect((await world.at(0, END_MS - 7 * STEP_MS))[0]).toEqual({
      macro: { cascadeCount: 0, regimeSignal: 0 },
      rows: {},
    })
  })

  it.each([
    [14_999, { rows: {} }],
    [
      15_000,
      {
        dark: 'no bar of the order books has been closed for 15 s, and the last one ended at 2099-01-01T00:00:00.000Z',
      },
    ],
  ])(
    'whose bars run ahead are dark when none has been closed for 3 steps: after %d ms %j',
    async (silentMs, expected) => {
      const world = new Books()
      world.close(Date.UTC(2099, 0))
      await pass(world.time, silentMs)
      expect((await world.at(0, END_MS + 2 * STEP_MS))[0]).toMatchObject(expected)
      expect((await world.at(1, Date.UTC(2099, 0)))[0], 'of that very bar').toMatchObject({
        rows: { BTCUSDT: DEEP_ROW },
      })
    },
  )

  it('are not waited for when the session ends', async () => {
    const world = new Books()
    world.close(END_MS - STEP_MS)
    const [, waitedMs] = await world.at(1, END_MS, () => world.abort())
    expect(waitedMs).toBe(0)
  })
})
