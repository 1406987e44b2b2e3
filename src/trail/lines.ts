/** The most bytes of a line: a longer one is not a trail, and would not fit in memory. */
const LONGEST = 256 * 1024 * 1024
const LINE_END = 0x0a

/**
 * The lines of a file, one at a time. Split as bytes: U+2028 ends no line here, as it does in node:readline.
 * @throws {RangeError} where a line has no end
 */
export async function* lines(bytes: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  let rest: Buffer[] = []
  let held = 0
  for await (const chunk of bytes) {
    const found: string[] = []
    let from = 0
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, from)) {
      const line = chunk.subarray(from, end)
      found.push((rest.length > 0 ? Buffer.concat([...rest, line]) : line).toString('utf8'))
      rest = []
      held = 0
      from = end + 1
    }
    if (from < chunk.length) {
      rest.push(chunk.subarray(from))
      held += chunk.length - from
      if (held > LONGEST) throw new RangeError('a line of more than 256 MB')
    }
    if (found.length > 0) yield found
  }
  if (held > 0) yield [Buffer.concat(rest).toString('utf8')]
}
