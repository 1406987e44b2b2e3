import { readFile } from 'node:fs/promises'
import { type PostOptions, post } from '../channels/post.ts'
import type { Connection } from '../db/connection.ts'
import { checkStamp, readCertificates, StampError, stampRequest, tokenOf } from '../trail/stamp.ts'

interface Due {
  readonly url: string
  readonly elo: string
  readonly selo: Buffer
  readonly selado: Buffer
}

/** An answer with its chain of certificates has some kilobytes. */
const MOST_BYTES = 256 * 1024

/**
 * If a stamp of the head is due, requests it from the authority, proves it and keeps it. An error is recorded too, and thrown.
 * @param roots file of certificates, PEM: a stamp that leads to none of them is refused
 */
export async function stampHead(sql: Connection, options: PostOptions, roots?: string): Promise<void> {
  const [due] = await sql<Due[]>`
    select d.url, d.elo::text as elo, d.selo, o.selo_anterior || int8send(o.elo) || o.resumo as selado
    from audit_interno.carimbo_devido() d join audit.operacoes o on o.elo = d.elo`
  if (due === undefined) return
  try {
    const { token, em, autoridade } = await ask(due, options, roots)
    await sql`
      select audit_interno.registrar_carimbo(${due.url}, ${due.elo}::text::bigint, ${due.selo}, ${token}, ${em}, ${autoridade})`
  } catch (error) {
    await sql`select audit_interno.falhar_carimbo(${(error as Error).message})`
    throw error
  }
}

async function ask({ url, selo, selado }: Due, options: PostOptions, roots: string | undefined) {
  const { der, nonce } = stampRequest(selo)
  const headers = { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' }
  const { status, content } = await post(url, headers, der, { ...options, read: MOST_BYTES })
  if (content === undefined) throw new StampError(`HTTP ${status}`)
  const token = tokenOf(content, selo, nonce)
  const trusted = roots === undefined ? undefined : readCertificates(await readFile(roots))
  const stamp = await checkStamp(token, selado, trusted)
  if (stamp.confiavel === false) throw new StampError('its certificate leads to no root that is trusted')
  return { token, ...stamp }
}
