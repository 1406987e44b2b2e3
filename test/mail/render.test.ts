// The warehouse may contain anything, and none of it becomes markup, a header or a line of its own.
import { test } from 'tap'
import { mailText } from '../../src/i18n/index.ts'
import { deliverDue } from '../../src/mail/deliver.ts'
import { type Facts, factsSchema } from '../../src/mail/facts.ts'
import { createMailFormat } from '../../src/mail/format.ts'
import { render } from '../../src/mail/render.ts'
import { makeSender, postOffice, receive } from '../helper/postman.ts'
import { one, scenario } from '../helper/scenario.ts'

const HOSTILE =
  '<script>alert(1)</script> {{77*77}} <%= 77*77 %> </mj-text><mj-raw><img src=x onerror=alert(2)></mj-raw> &amp; "aspas" \'uma\' \r\nBcc: intruso@mal.com\r\n\u202eoãn'

/** A digest as SQL gives it, with all free text in it replaced by hostile text. */
async function hostile(
  t: Parameters<typeof scenario>[0],
): Promise<{ facts: Facts; c: Awaited<ReturnType<typeof scenario>> }> {
  const c = await scenario(t)
  await receive(c.sql, 'correio.destinatarios', ['gestora@empresa.com.br'])
  await c.sql`update audit.regras set descricao = ${HOSTILE} where nome = 'errada'`
  await c.sql.unsafe(`
    create or replace function dw.errada(janela audit.janela) returns setof audit.achado language sql stable
    set search_path = pg_catalog, pg_temp as $f$
      select 'dw.lancamentos', l.id::text, jsonb_build_object('categoria', l.descricao), 0.5, jsonb_build_object('tipo', l.descricao),
        l.descricao, l.valor from dw.lancamentos l where l.id > 0
    $f$`)
  await c.book({ id: 1, descricao: HOSTILE, categoria: `ERR ${HOSTILE}`, valor: 5 })
  await c.runSession()
  const row = one(
    await c.sql`select audit_interno.conteudo_mensagem(id) as f from audit.notificacoes where tipo = 'resumo'`,
  )
  return { facts: factsSchema.parse(row['f']), c }
}

test('columns that name an entry are shown as people write them, on one line and not too long', (t) => {
  const { shown } = createMailFormat('pt-BR', 'America/Sao_Paulo')
  t.equal(shown('2026-10-05'), '05/10/2026')
  t.equal(shown({ n: '1850.00' }), '1.850,00')
  t.equal(shown('NF 4711   '), 'NF 4711')
  t.equal(shown('x'.repeat(5000)), `${'x'.repeat(119)}…`)
  t.ok(shown(`${'x'.repeat(118)}🚗🚗`).isWellFormed())
  t.notMatch(shown(HOSTILE), /[\r\n\u202e]/)
  t.end()
})

test('hostile data stays text in HTML and plain text, and cannot become a header', async (t) => {
  const { facts, c } = await hostile(t)
  const gaps = [{ tipo: 'regra_falhou' as const, regra: HOSTILE, texto: HOSTILE, numero: null }]
  const { html, text, subject } = await render({ ...facts, estado: 'lacunas', lacunas: gaps })
  t.notMatch(html, /<script|<img[^>]*onerror|<mj-|\r/i)
  t.ok(html.includes('&lt;script&gt;alert(1)&lt;/script&gt; {{77*77}} &lt;%= 77*77 %&gt; &lt;/mj-text&gt;'))
  t.ok(html.includes('&amp;amp;'), 'an entity is shown as it was written')
  t.notMatch(html + text, /\b5929\b/, 'nothing was evaluated')
  t.ok(
    text.includes('<script>alert(1)</script> {{77*77}} <%= 77*77 %>'),
    'the plain text has nothing to escape',
  )
  t.notMatch(text, /^Bcc:/m)
  t.notMatch(subject, /[\r\n\u202e]/)
  t.match(subject, /Bcc: intruso/, 'it is there as plain text')
  t.ok(subject.length <= 200)

  const office = await postOffice(t)
  await c.sql`update audit.notificacoes set assunto = ${`[Conferente] ${HOSTILE}`}` // as if somebody had bypassed the composing
  await deliverDue(c.sql, makeSender(t, `smtp://127.0.0.1:${office.port}`), { kinds: ['resumo'] })
  const [letter] = office.arrived
  t.same(letter?.envelope, ['gestora@empresa.com.br'])
  t.equal(letter?.bcc, undefined)
  t.notMatch(letter?.raw.split('\r\n\r\n')[0], /^Bcc/im)
})

test('a subject with line breaks cannot become two headers', async (t) => {
  const { c } = await hostile(t)
  const office = await postOffice(t)
  const mailer = makeSender(t, `smtp://127.0.0.1:${office.port}`)
  await mailer.send({
    from: 'Conferente <conferente@localhost>',
    to: ['a@b.com'],
    envelope: ['a@b.com'],
    date: new Date(),
    subject: `x\r\nBcc: intruso@mal.com`,
    messageId: '<1@localhost>',
    html: '<p>x</p>',
    text: 'x',
    pictures: [],
    files: [],
  })
  t.same(office.arrived[0]?.envelope, ['a@b.com'])
  t.equal(office.arrived[0]?.bcc, undefined)
  t.ok(c)
})

test('HTML and text state the same facts in both languages, each with its own number format', async (t) => {
  const { facts } = await hostile(t)
  const session = {
    ...(facts.sessao as NonNullable<Facts['sessao']>),
    linhas_examinadas: 1234567,
    valor_em_risco: '90071992547409.93',
  }
  for (const [language, money, rows, words] of [
    ['pt-BR', 'R$ 90.071.992.547.409,93', '1.234.567', mailText('pt-BR')],
    ['en', 'R$90,071,992,547,409.93', '1,234,567', mailText('en')],
  ] as const) {
    const { html, text, subject } = await render({ ...facts, idioma: language, sessao: session })
    for (const fact of [
      money,
      rows,
      words.section.control,
      words.section.chain,
      facts.cadeia.selo,
      words.tile.overdue,
      words.button,
    ]) {
      t.ok(html.includes(fact), `${language} HTML: ${fact}`)
      t.ok(text.includes(fact), `${language} text: ${fact}`)
    }
    t.match(html, new RegExp(`<html lang="${language}"`))
    t.match(subject, language === 'en' ? /1 waits for a decision/ : /1 espera decisão/)
  }
})

test('an amount in a subject is shortened, and never half of its cents', async (t) => {
  const { compact } = createMailFormat('pt-BR', 'America/Sao_Paulo')
  const amounts = ['0.00', '757.55', '-12.30', '999.99', '1234.56', '901028006.82']
  t.same(amounts.map(compact), ['R$ 0,00', 'R$ 757,55', '-R$ 12,30', 'R$ 999,99', 'R$ 1,2 mil', 'R$ 901 mi'])
})

test('the picture is a PNG at twice the size, and the numbers are in the text for readers without pictures', async (t) => {
  const { facts } = await hostile(t)
  const { pictures, html, text } = await render(facts)
  t.equal(pictures.length, 1)
  t.equal(pictures[0]?.content.subarray(1, 4).toString(), 'PNG')
  t.equal(pictures[0]?.content.readUInt32BE(16), 536 * 2)
  t.match(html, /alt="Divergências novas da regra errada nos últimos 30 dias, uma por dia: (– ){29}1"/)
  t.match(text, /Novas por dia em 30 dias: 1 ao todo, 1 no maior dia\. Sem execução em 29 dias\./)
})

test('no message loads anything remote: no picture, font or style', async (t) => {
  const { facts } = await hostile(t)
  const { html } = await render(facts)
  // Only tags and styles: what the warehouse holds is text.
  const tags = [...html.matchAll(/<style.*?<\/style>|<[a-z][^>]*>/gis)].map(([tag]) => tag).join('\n')
  const elsewhere = [
    ...tags.matchAll(/(?:src|href|url)\s*[=(]\s*["']?(?!cid:|http:\/\/localhost:8000)([^"')\s]+)/gi),
  ].map(([, to]) => to)
  t.ok(tags.includes('cid:tendencia-0@conferente'))
  t.same(elsewhere, [])
  t.ok(Buffer.byteLength(html) < 102_000, `${html.length} bytes: Gmail cuts at 102 kB`)
})
