// No file contains control or bidirectional characters, whatever the warehouse, the rules and people wrote, and however it leaves.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { readXlsx } from 'hucre/xlsx'
import type { Attachment } from 'postal-mime'
import { type Test, test } from 'tap'
import { COLUMNS } from '../../src/export/columns.ts'
import { catalogue } from '../../src/i18n/index.ts'
import { attachFindings } from '../../src/mail/attachments.ts'
import { deliverDue } from '../../src/mail/deliver.ts'
import { conferente, personal } from '../cli/helper.ts'
import { api } from '../helper/api.ts'
import { anexos, contents, makeSender, postOffice, receive } from '../helper/postman.ts'
import { type Scenario, scenario } from '../helper/scenario.ts'

const EVIL = 'x\u0001\u0007\u001b[31m\u0085\u009d\u202eoãn\u2066\u200fy'
const UNSEEN = /(?![\t\n\r])\p{Cc}|\p{Bidi_Control}/u

/** A finding with hostile text everywhere, more than people and rules could write. */
async function scene(t: Test): Promise<Scenario> {
  const c = await scenario(t)
  await receive(c.sql, 'correio.destinatarios', ['gestora@empresa.com.br'])
  await c.book({ id: 1 })
  await c.runSession()
  await c.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`
      update audit.divergencias_processadas set regra = ${EVIL}, tabela = ${EVIL}, registro_id = ${EVIL}, justificativa = ${EVIL},
        motivo = ${EVIL}, proposta_por = ${EVIL}, decidida_por = ${EVIL}, evidencia = ${tx.json({ tipo: EVIL })},
        valores_originais = ${tx.json({ [EVIL]: EVIL })}, valores_propostos = ${tx.json({ [EVIL]: EVIL })}`
    await tx`insert into audit_interno.resumos_divergencias (divergencia_id, resumo)
      select id, ${tx.json({ [EVIL]: EVIL })} from audit.divergencias_processadas
      on conflict (divergencia_id) do update set resumo = excluded.resumo`
    await tx`select audit.alterar_configuracao('resumo.leitores', 'true', 'teste')`
  })
  return c
}

const TEXTS = COLUMNS.flatMap(({ kind, name }) => (kind === 'text' || kind === 'values' ? [name] : []))
const HEADINGS = catalogue('pt-BR').exportar.heading

async function cells(file: Uint8Array, format: string): Promise<{ rows: unknown[][]; names: string[] }> {
  if (format === 'xlsx') {
    const { sheets } = await readXlsx(file)
    return { rows: sheets.flatMap(({ rows }) => rows), names: sheets.map(({ name }) => name) }
  }
  const delimiter = format === 'rfc4180' ? ',' : ';'
  return { rows: parse(Buffer.from(file), { bom: true, delimiter, record_delimiter: '\r\n' }), names: [] }
}

async function looked(t: Test, file: Uint8Array, format: string, way: string): Promise<void> {
  const { rows, names } = await cells(file, format)
  t.equal(rows.length, 2, `${way}: a heading and the finding`)
  for (const text of [...names, ...rows.flat().map(String)]) t.notMatch(text, UNSEEN, `${way}: ${text}`)
  for (const name of TEXTS) {
    const at = Math.max(rows[0]?.indexOf(HEADINGS[name]) ?? -1, rows[0]?.indexOf(name) ?? -1)
    t.match(String(rows[1]?.[at]), '\ufffd', `${way}: ${name} was hostile, and shows it`)
  }
}

test('by REST, on the command line and by mail, in every column, heading and sheet name', async (t) => {
  const c = await scene(t)
  const server = await api(t, c)
  const authorization = `Bearer ${await server.token('leitor')}`
  const directory = await mkdtemp(join(tmpdir(), 'visivel-'))
  t.teardown(() => rm(directory, { recursive: true }))
  for (const format of ['pt-BR', 'rfc4180', 'xlsx']) {
    const query = format === 'xlsx' ? 'formato=xlsx' : `formato=csv&dialeto=${format}`
    const answer = await fetch(`${server.url}/api/v1/relatorios/divergencias/export?${query}`, {
      headers: { authorization },
    })
    t.match(answer.headers.get('content-disposition'), /^attachment; filename="divergencias\.(csv|xlsx)"$/)
    await looked(t, new Uint8Array(await answer.arrayBuffer()), format, `REST ${format}`)
    const path = join(directory, format)
    const asked = format === 'xlsx' ? ['xlsx'] : ['csv', '--dialeto', format]
    const ran = await conferente(['exportar', '--formato', ...asked, '--arquivo', path], {
      url: personal(c.url, 'leo'),
    })
    t.equal(ran.code, 0, ran.stderr)
    await looked(t, await readFile(path), format, `CLI ${format}`)
  }

  const office = await postOffice(t)
  const mailer = makeSender(t, `smtp://127.0.0.1:${office.port}`)
  await deliverDue(c.sql, mailer, { kinds: ['resumo'], attach: attachFindings(c.url) })
  const files = anexos(office.arrived[0])
  t.equal(files.length, 2)
  for (const [i, format] of ['pt-BR', 'xlsx'].entries()) {
    t.notMatch(files[i]?.filename, UNSEEN)
    await looked(t, contents(files[i] as Attachment), format, `mail ${format}`)
  }
})
