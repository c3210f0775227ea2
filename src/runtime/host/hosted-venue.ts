import type { ExecutionInput } from '../../ports/sides.js'
import type { Venue, VenueEvent } from '../../ports/venue.js'
import type { HostedVenue } from './side-host.js'

/** A venue for the host of an execution side; everything that it tells is shown to `seen` first. */
export function hostedVenue(venue: Venue, seen?: (event: VenueEvent) => void): HostedVenue<ExecutionInput> {
  return {
    send: (request) => venue.send(request),
    listen: (listener) =>
      venue.listen((event) => {
        seen?.(event)
        listener({ kind: 'venue', event })
      }),
    close: () => venue.close(),
  }
}
