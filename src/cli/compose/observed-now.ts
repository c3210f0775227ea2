/** What `--observe` says where the market of now is observed, and no recording of one. */
export const LIVE = 'live'
