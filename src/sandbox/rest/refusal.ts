/** The exchange says no: its code and its words. */
export class Refusal {
  readonly code: number
  readonly message: string
  readonly status: number

  constructor(code: number, message: string, status = 400) {
    this.code = code
    this.message = message
    this.status = status
  }
}

/** An answer that is not of the API: a page of whoever stands before it. */
export class Page {
  readonly status: number
  readonly body: string

  constructor(status: number, body: string) {
    this.status = status
    this.body = body
  }
}
