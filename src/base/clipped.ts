/** A text as it may be quoted in a message: of one that is longer than `max`, so many UTF-16 units and an ellipsis. */
export function clipped(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max)}…` : text
}
