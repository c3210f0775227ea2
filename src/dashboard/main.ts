import type { SessionView } from '../ports/status-surface.js'
import { EquityChart } from './equity.js'
import { showSession, showVerdict } from './page.js'
import { verdictOf } from './verdict.js'

/** How often the page asks itself whether what it shows is still true. */
const CHECK_MS = 250

let received: { readonly status: unknown; readonly atMs: number } | undefined
const equity = new EquityChart()

const stream = new EventSource('/api/v1/events')
stream.addEventListener('status', ({ data }: MessageEvent<string>) => {
  try {
    const { status, session } = JSON.parse(data) as { status: unknown; session: SessionView }
    received = { status, atMs: performance.now() }
    show()
    showSession(session)
    equity.show(session)
  } catch {
    // Not what the stream sends: the page may believe nothing of it, nor what it showed before.
    received = { status: null, atMs: performance.now() }
    show()
  }
})

function show(): void {
  showVerdict(verdictOf(received && { status: received.status, ageMs: performance.now() - received.atMs }))
}

setInterval(show, CHECK_MS)
addEventListener('resize', () => equity.resize())
show()
