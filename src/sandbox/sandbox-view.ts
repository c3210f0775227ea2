/** The truth of the one account. */
export interface SandboxView {
  readonly walletUsd: string
  /** Signed base units; those that are not flat. */
  readonly positions: Readonly<Record<string, string>>
  /** In the engine. */
  readonly openOrders: readonly { readonly clientOrderId: string; readonly symbol: string; readonly orderId: number }[]
  /** In the algo service, not triggered. */
  readonly openAlgoOrders: readonly {
    readonly clientAlgoId: string
    readonly symbol: string
    readonly algoId: number
  }[]
  readonly listenKey: string | undefined
}
