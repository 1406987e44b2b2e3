// What the API offers is what docs/schema.graphql says.
import { test } from 'tap'
import { printGraphql } from '../../src/http/graphql/print.ts'
import { read } from '../helper/arquivos.ts'
import { banco } from '../helper/banco.ts'

test('docs/schema.graphql tells what /graphql offers', async (t) => {
  const { url } = await banco(t)
  t.equal(await printGraphql(url), read('docs/schema.graphql'), 'run `npm run schema`')
})
