import type { HarnessView } from '../../ports/status-surface.js'

/** How the harness stands, in a line: the worst first. */
export function harnessText({ mode, halted, last, outOfService }: HarnessView): string {
  const lastText =
    last === null ? 'no cycle yet' : `last cycle ${last.cycle} ${last.outcome} at ${new Date(last.atMs).toISOString()}`
  return [
    ...(halted === null ? [] : [`HALTED until an operator resumes: ${halted}`]),
    ...(outOfService.length === 0 ? [] : [`out of service: ${outOfService.join(', ')}`]),
    mode,
    lastText,
  ].join(', ')
}
