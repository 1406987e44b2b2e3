// A request whose client has gone is not carried out later: people who gave up ask again, and must not find it done.
import { test } from 'tap'
import { api } from '../helper/api.ts'
import { untilLocked } from '../helper/database.ts'
import { scenario } from '../helper/scenario.ts'

const REST = (id: number, shown: (string | null)[]) => ({
  path: '/api/v1/divergencias/aprovar',
  body: { ids: [id], visto: shown, motivo: 'conferido' },
})
const GRAPHQL = (id: number, shown: (string | null)[]) => ({
  path: '/graphql',
  body: {
    query:
      'mutation ($ids: [BigInt!]!, $visto: [String!]!) { aprovarDivergencias(input: { ids: $ids, visto: $visto, motivo: "confere" }) { resultado { status } } }',
    variables: { ids: [String(id)], visto: shown },
  },
})

for (const [name, ask] of Object.entries({ REST, GRAPHQL })) {
  test(`${name}: an approval that waits is given up with its client`, async (t) => {
    const c = await scenario(t)
    await c.book({ id: 1, confianca: 0.5 })
    await c.runSession()
    const { id } = await c.finding(1)
    const server = await api(t, c)
    const authorization = `Bearer ${await server.token('revisor')}`
    const { path, body } = ask(id, await c.shown(id))
    const send = (signal?: AbortSignal) =>
      fetch(new URL(path, server.url), {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        ...(signal && { signal }),
      })
    const holder = await c.sql.reserve()
    await holder`begin`
    await holder`select from audit.divergencias_processadas where id = ${id} for update`
    const client = new AbortController()
    const sent = send(client.signal).then(
      (answer) => answer.text(),
      () => 'gone',
    )
    t.equal(await Promise.race([sent, untilLocked(c.sql)]), undefined, 'it is waiting')
    client.abort()
    t.equal(await sent, 'gone')
    const waiting = () =>
      c.sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
      if ((await waiting()).length === 0) break
    }
    t.equal((await waiting()).length, 0, 'it waits no longer')
    await holder`rollback`
    holder.release()
    t.equal(await c.status(1), 'aberta')
    t.same(server.failures, [], 'nothing is logged as our failure')
    const again = await send()
    t.equal(again.status, 200, await again.text())
    t.equal(await c.status(1), 'corrigida')
  })
}
