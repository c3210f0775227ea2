import type { SessionView } from '../ports/status-surface.js'
import { EquityChart } from './equity.js'
import { showSession, showVerdict } from './page.js'
import { Believed } from './verdict.js'

/** How often the page asks itself whether what it shows is still true. */
const CHECK_MS = 250

let believed = new Believed()
const equity = new EquityChart()

const stream = new EventSource('/api/v1/events')
stream.addEventListener('open', () => {
  // Another process may answer: it is not to be held to what the last one said.
  believed = new Believed()
})
stream.addEventListener('status', ({ data }: MessageEvent<string>) => {
  try {
    const { status, session } = JSON.parse(data) as { status: unknown; session: SessionView }
    believed.hear(status, performance.now())
    show()
    showSession(session)
    equity.show(session)
  } catch {
    // Not what the stream sends: the page may believe nothing of it, nor what it showed before.
    believed.hear(null, performance.now())
    show()
  }
})

function show(): void {
  showVerdict(believed.verdict(performance.now()))
}

setInterval(show, CHECK_MS)
addEventListener('resize', () => equity.resize())
show()
