import { Readable } from 'node:stream'
import { type Exported, type InTransaction, readOut } from './read.ts'

/**
 * The sealed trail as JSON lines (docs/trust.md), streamed in constant memory from one moment; `checkTrail` proves it.
 * @param within the transaction in which it is read, with the rights of the reader; it lasts until the stream has ended
 */
export function exportTrail(within: InTransaction): Exported {
  let rows = 0
  const stream = readOut(
    within,
    {
      statement: { text: 'select t.linha from audit.trilha() t', values: [] },
      exact: true,
      shape: (batches) => Readable.from(joined(batches)),
    },
    (count) => {
      rows += count
    },
  )
  return {
    stream,
    get rows() {
      return rows
    },
    contentType: 'application/jsonl',
    extension: 'jsonl',
  }
}

async function* joined(batches: Readable): AsyncGenerator<Buffer> {
  for await (const rows of batches as AsyncIterable<string[][]>)
    yield Buffer.from(rows.map(([line]) => `${line}\n`).join(''))
}
