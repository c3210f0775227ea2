/** Rows in order, some at a time, of which the first is known before any is read. */
export interface OrderedSource<Row> {
  readonly firstN: number
  rows(): AsyncGenerator<readonly Row[]>
}

/**
 * The rows of all sources in one order. A source is opened when its first row may be next, and closed behind its last, so that
 * those that follow one another are held one by one. Sources are given in the order of their first rows.
 */
export async function* inOrder<Row>(
  sources: readonly OrderedSource<Row>[],
  numberOf: (row: Row) => number,
): AsyncGenerator<readonly Row[]> {
  const open: Cursor<Row>[] = []
  let opened = 0
  try {
    for (;;) {
      while (opened < sources.length && sources[opened]!.firstN <= leastOf(open, numberOf)) {
        const cursor = await nextBatch({ rows: sources[opened++]!.rows(), batch: [], at: 0 })
        if (cursor !== undefined) open.push(cursor)
      }
      const first = firstOf(open, numberOf)
      if (first === undefined) return
      const others = open.filter((cursor) => cursor !== first)
      const end = Math.min(leastOf(others, numberOf), sources[opened]?.firstN ?? Number.POSITIVE_INFINITY)
      const from = first.at++
      while (first.at < first.batch.length && numberOf(first.batch[first.at]!) < end) first.at++
      yield first.batch.slice(from, first.at)
      if (first.at === first.batch.length && (await nextBatch(first)) === undefined) open.splice(open.indexOf(first), 1)
    }
  } finally {
    for (const { rows } of open) await rows.return(undefined)
  }
}

/** A source that is open, and its row that is next. */
interface Cursor<Row> {
  readonly rows: AsyncGenerator<readonly Row[]>
  batch: readonly Row[]
  at: number
}

/** Undefined behind the last. */
async function nextBatch<Row>(cursor: Cursor<Row>): Promise<Cursor<Row> | undefined> {
  for (;;) {
    const { done, value } = await cursor.rows.next()
    if (done) return undefined
    if (value.length === 0) continue
    cursor.batch = value
    cursor.at = 0
    return cursor
  }
}

function firstOf<Row>(open: readonly Cursor<Row>[], numberOf: (row: Row) => number): Cursor<Row> | undefined {
  let first: Cursor<Row> | undefined
  for (const cursor of open) {
    if (first === undefined || headOf(cursor, numberOf) < headOf(first, numberOf)) first = cursor
  }
  return first
}

function leastOf<Row>(open: readonly Cursor<Row>[], numberOf: (row: Row) => number): number {
  const first = firstOf(open, numberOf)
  return first === undefined ? Number.POSITIVE_INFINITY : headOf(first, numberOf)
}

function headOf<Row>({ batch, at }: Cursor<Row>, numberOf: (row: Row) => number): number {
  return numberOf(batch[at]!)
}
