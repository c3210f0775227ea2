import type { Floor } from '../floor.js'
import type { AccountSettings } from './account-settings.js'
import type { AccountSums } from './account-sums.js'
import type { Engine } from './engine.js'
import type { KnownOrders } from './known-orders.js'
import type { Ledger } from './ledger.js'
import type { UserFeed } from './user-feed.js'

/** What those who trade for the account share. */
export interface Desk {
  readonly floor: Floor
  readonly engine: Engine
  readonly known: KnownOrders
  readonly ledger: Ledger
  readonly settings: AccountSettings
  readonly sums: AccountSums
  readonly feed: UserFeed
}
