// What people read in Teams and Slack, where nothing that others wrote is anything but text.
import { createRequire } from 'node:module'
import { test } from 'tap'
import { type Notice, noticeSchema, type Problem } from '../../src/channels/facts.ts'
import { slackMessage } from '../../src/channels/slack.ts'
import { teamsMessage } from '../../src/channels/teams.ts'
import { wordsOf } from '../../src/channels/words.ts'
import { canal } from '../helper/receiver.ts'
import { scenario } from '../helper/scenario.ts'

// Its modules are written for bundlers: Node must load the bundle.
const { AdaptiveCard, SerializationContext, Versions } = createRequire(import.meta.url)(
  'adaptivecards/dist/adaptivecards.min.js',
) as typeof import('adaptivecards')

const HOSTILE =
  '<!channel> <https://evil.example|clique> &lt; [clique](https://evil.example) *x* @here :bomb: <at>ana</at>'

const problem: Problem = {
  id: 3,
  tipo: 'falha',
  chave: 'regra validacao_valores',
  regra: 'validacao_valores',
  para: null,
  desde: '2026-11-30T10:04:00Z',
  ate: null,
  desfecho: null,
}

const notice = (some: Partial<Notice>): Notice => ({
  tipo: 'falha',
  canal: 'equipe',
  idioma: 'pt-BR',
  fuso: 'America/Sao_Paulo',
  criada_em: '2026-11-30T10:05:00Z',
  gerado_em: '2026-11-30T10:05:01Z',
  link: 'https://conferente.empresa.com.br/revisao?sessao=7',
  cadeia: { elo: 12, selo: 'ab' },
  problema: problem,
  sessao: {
    id: 7,
    modo: 'auto',
    status: 'concluida_com_falhas',
    incremental: true,
    data_inicio: null,
    data_fim: null,
    encontradas: 31,
    novas: 30,
    corrigidas: 10,
    valor_em_risco: '1234.56',
  },
  espera: null,
  texto: 'estouro numérico',
  ...some,
})

const openOnes = (language: 'pt-BR' | 'en', amounts = true) =>
  notice({
    tipo: 'abertas',
    idioma: language,
    texto: null,
    problema: { ...problem, tipo: 'abertas', chave: 'fila', regra: null },
    espera: {
      total: 1254,
      adiadas: 3,
      segunda: 2,
      encaminhadas: 1,
      mais_antiga_dias: 9,
      mediana_dias: 2,
      dias_vencimento: 7,
      vencidas: 19,
      ...(amounts && { valor: '61396530.00', valor_vencidas: '1000.00' }),
    },
  })

test("a message says what it is about, in its channel's language", async (t) => {
  t.same(wordsOf(openOnes('pt-BR')), {
    title: '30 divergências novas nesta sessão',
    good: false,
    text: null,
    facts: [
      ['Sessão', '7'],
      ['Janela', 'o que foi carregado desde a última'],
      ['Novas', '30'],
      ['Corrigidas', '10'],
      ['À espera', '1.254, R$ 61.396.530,00 em risco'],
      ['À espera da segunda aprovação', '2'],
      ['Encaminhadas', '1'],
      ['Vencidas (mais de 7 dias)', '19, R$ 1.000,00 em risco'],
    ],
    button: { label: 'Abrir a revisão', url: 'https://conferente.empresa.com.br/revisao?sessao=7' },
  })
  t.match(wordsOf(openOnes('en', false)), {
    title: '30 new findings in this session',
    facts: { 4: ['Waiting', '1,254'], 7: ['Overdue (more than 7 days)', '19'] },
  })
  t.match(wordsOf(notice({})), {
    title: 'A regra validacao_valores falhou ou foi pulada',
    text: 'estouro numérico',
    facts: { 2: ['Desde', '30/11/2026, 07:04'] },
  })
})

test('every problem has texts for its beginning and its end, in both languages', async (t) => {
  const seen = new Set<string>()
  for (const [kind, key, rule, to] of [
    ['abertas', 'fila', null, null],
    ['pessoa', 'segunda aprovacao', null, null],
    ['pessoa', 'vencidas', null, null],
    ['pessoa', 'encaminhadas bruno', null, 'bruno'],
    ['limite', 'incremental', null, null],
    ['autonomia', 'errada', 'errada', null],
    ['falha', 'regra errada', 'errada', null],
    ['falha', 'sessao incremental', null, null],
    ['falha', 'agenda', null, null],
    ['falha', 'ausencia', null, null],
  ] as const) {
    for (const language of ['pt-BR', 'en'] as const) {
      const problema = { ...problem, tipo: kind, chave: key, regra: rule, para: to }
      const title = (some: Partial<Notice>) => wordsOf(notice({ idioma: language, ...some })).title
      const over = { ...problema, ate: '2026-11-30T11:00:00Z', desfecho: 'bem' as const }
      for (const said of [title({ tipo: kind, problema }), title({ tipo: 'resolvido', problema: over })]) {
        t.notMatch(said, /undefined|null|\[object/)
        seen.add(said)
      }
    }
  }
  t.equal(seen.size, 40, 'each is different')
  t.match(wordsOf(notice({ tipo: 'resolvido', problema: { ...problem, desfecho: 'desativada' } })), {
    title: /^Resolvido: A regra validacao_valores, que falhava, foi desativada/,
    good: true,
  })
  t.match(wordsOf(notice({ tipo: 'teste', problema: null, sessao: null, texto: null })), {
    title: 'Teste: este canal funciona',
    facts: [['Canal', 'equipe']],
  })
})

test('a card is one that Adaptive Cards 1.4 knows, and hostile text is only text in it', async (t) => {
  for (const words of [
    wordsOf(openOnes('pt-BR')),
    wordsOf(notice({ texto: HOSTILE })),
    wordsOf(notice({ tipo: 'teste', problema: null, sessao: null, texto: null })),
  ]) {
    const message = JSON.parse(JSON.stringify(teamsMessage(words)))
    t.match(message, {
      type: 'message',
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null }],
    })
    const { content } = message.attachments[0]
    const context = new SerializationContext(Versions.v1_4)
    const card = new AdaptiveCard()
    card.parse(content, context)
    t.equal(context.eventCount, 0, "the card's own library accepts every part")
    t.equal(card.getItemCount(), content.body.length)
    t.same(card.validateProperties().validationEvents, [])
    t.same(content.actions, [{ type: 'Action.OpenUrl', title: words.button.label, url: words.button.url }])
    // Markdown is read in TextBlock and FactSet, and not in runs.
    t.same([...new Set(content.body.map(({ type }: { type: string }) => type))], ['RichTextBlock'])
    if (words.text !== null)
      t.ok(content.body.some((b: { inlines: { text: string }[] }) => b.inlines[0]?.text === words.text))
    t.ok(JSON.stringify(message).length < 28_000, 'the largest that Teams accepts')
  }
  const broken = new SerializationContext(Versions.v1_4)
  new AdaptiveCard().parse({ type: 'AdaptiveCard', version: '1.4', body: [{ type: 'Nada' }] }, broken)
  t.ok(broken.eventCount > 0, 'the library would notice')
})

test('Slack reads no mention, no link and no formatting in what others wrote', async (t) => {
  const words = wordsOf(
    notice({
      texto: HOSTILE,
      tipo: 'pessoa',
      problema: {
        ...problem,
        tipo: 'pessoa',
        chave: `encaminhadas ${HOSTILE}`,
        regra: null,
        para: HOSTILE,
      },
    }),
  )
  const said = JSON.stringify(slackMessage(words))
  t.notMatch(said, /[<>]/)
  t.match(said, /&lt;!channel&gt; &lt;https:\/\/evil.example\|clique&gt; &amp;lt;/)
  t.notMatch(said, /"mrkdwn"|"emoji":true/, 'in plain text *, @ and :bomb: mean nothing')
})

test('every message fits Slack’s limits', async (t) => {
  const long = `&<>${'&'.repeat(5000)}`
  const message = slackMessage(
    wordsOf(
      notice({
        ...openOnes('pt-BR'),
        texto: long,
        problema: { ...problem, tipo: 'falha', regra: long },
      }),
    ),
  ) as { text: string; blocks: { type: string; text?: { text: string }; fields?: { text: string }[] }[] }
  t.same(
    message.blocks.map(({ type }) => type),
    ['header', 'section', 'section', 'actions'],
  )
  t.ok((message.blocks[0]?.text?.text.length ?? 999) <= 150)
  t.ok((message.blocks[1]?.text?.text.length ?? 9999) <= 3000)
  t.ok((message.blocks[2]?.fields?.length ?? 99) <= 10)
  for (const text of [message.blocks[0]?.text?.text, message.blocks[1]?.text?.text])
    t.match(text, /^(&(amp|lt|gt);|[^&<>])*$/, 'no character is cut in two')
})

test('what the database composes can be read here, in either language', async (t) => {
  const c = await scenario(t)
  const adelia = c.asPerson('adelia')
  await canal(adelia, 'http://127.0.0.1:1', 'pt', 'teams')
  await canal(adelia, 'http://127.0.0.1:1', 'en', 'slack', { idioma: 'en', sem_valores: true })
  await c.book({ id: 1, confianca: 0.5, valor: 1234.56 })
  await c.runSession()
  await c.sql`select audit_interno.compor_mensagem(n.id) from audit_interno.conferir_alarmes() n`
  const rows =
    await c.sql`select conteudo from audit.notificacoes where canal_id is not null order by canal_id`
  const [pt, en] = rows.map(({ conteudo }) => wordsOf(noticeSchema.parse(conteudo)))
  t.match(pt, {
    title: '1 divergência nova nesta sessão',
    facts: { 4: ['À espera', '1, R$ 1.234,56 em risco'] },
  })
  t.match(en, { title: '1 new finding in this session', facts: { 4: ['Waiting', '1'] } })
})
