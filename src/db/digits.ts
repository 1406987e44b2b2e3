// JSON.parse with the text of each number, which TypeScript does not know yet.
interface SourceJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown
  rawJSON(text: string): object
  isRawJSON(value: unknown): value is { readonly rawJSON: string }
}
export const { parse, rawJSON, isRawJSON } = JSON as unknown as SourceJson

/** Decimal digits of a number inside JSON that was read with `exactJson`, or undefined for anything else. */
export function digits(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return isRawJSON(value) ? value.rawJSON : undefined
}
