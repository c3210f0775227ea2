/** Signs requests for an account. Neither key nor secret ever shows in what is printed. */
export interface Signer {
  /** Goes into the header `X-MBX-APIKEY`, and nowhere else. */
  readonly apiKey: string
  /** Of the query as it goes over the wire, percent-encoded; the answer still has to be percent-encoded. */
  sign(payload: string): string
}
