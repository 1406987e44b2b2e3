import type { MailText } from '../i18n/index.ts'
import type { Facts, Item, RuleFacts, SessionFacts } from './facts.ts'
import { type MailFormat, oneLine } from './format.ts'
import type { Pair, Tone, View } from './view.ts'

export function tiles({ tipo, sessao, espera }: Facts, text: MailText, format: MailFormat): View['tiles'] {
  if (tipo !== 'resumo' || !sessao) return []
  const { tile } = text
  const shown = (label: string, n: number, note: string, tone?: Tone) => ({
    label,
    value: format.number(n),
    note: n === 0 ? tile.none : note,
    tone: n === 0 ? undefined : tone,
  })
  const days = espera?.mais_antiga_dias ?? 0
  const waiting = format.money(espera?.valor ?? '0')
  return [
    shown(tile.fresh, sessao.novas, tile.atStake(format.money(sessao.valor_novas))),
    shown(tile.recurring, sessao.recorrentes, tile.atStake(format.money(sessao.valor_recorrentes))),
    shown(
      tile.corrected,
      sessao.corrigidas,
      tile.amount(format.money(sessao.valor_corrigido)) +
        (sessao.refeitas > 0 ? tile.again(sessao.refeitas, format.number(sessao.refeitas)) : ''),
      'good',
    ),
    shown(tile.waiting, espera?.total ?? 0, tile.oldest(days, waiting, format.number(days)), 'gap'),
    shown(tile.elsewhere, sessao.resolvidas, tile.elsewhereNote),
    shown(
      tile.overdue,
      espera?.vencidas ?? 0,
      tile.overdueNote(
        format.money(espera?.valor_vencidas ?? '0'),
        format.number(espera?.dias_vencimento ?? 0),
      ),
      'bad',
    ),
  ]
}

export function presentRule(rule: RuleFacts, i: number, { rule: text }: MailText, format: MailFormat) {
  const days = rule.tendencia
  const total = days.reduce<number>((sum, n) => sum + (n ?? 0), 0)
  const silent = days.filter((n) => n === null).length
  const state = text.state[rule.status]
  return {
    name: rule.nome,
    state: state && oneLine(rule.motivo ? `${state}: ${rule.motivo}` : state),
    description: oneLine(rule.descricao),
    figures: text.figures(
      format.number(rule.novas),
      format.number(rule.recorrentes),
      format.number(rule.corrigidas),
      rule.refeitas > 0 ? format.number(rule.refeitas) : undefined,
    ),
    waiting: text.waiting(format.number(rule.esperando), format.money(rule.valor_esperando)),
    trend:
      text.trend(format.number(Math.max(0, ...days.map((n) => n ?? 0))), format.number(total)) +
      (silent > 0 ? text.silent(silent) : ''),
    picture: {
      cid: `tendencia-${i}@conferente`,
      alt: text.alt(rule.nome, days.map((n) => n ?? '–').join(' ')),
      days,
    },
  }
}

export function presentItem(item: Item, text: MailText, format: MailFormat): View['items'][number] {
  const columns = Object.keys(item.depois)
  return {
    amount: format.money(item.valor),
    rule: item.regra,
    record: oneLine(
      [text.item.record(item.tabela, item.registro_id), item.lancamento.map(format.shown).join(' · ')]
        .filter(Boolean)
        .join(', '),
    ),
    status: text.status(item.status),
    tone: item.status === 'corrigida' ? 'good' : item.status === 'falha' ? 'bad' : 'gap',
    sentence: oneLine(item.justificativa),
    changes: columns.map((column) => ({
      column: oneLine(column),
      before: format.value(item.antes[column]),
      after: format.value(item.depois[column]),
    })),
    flagOnly: columns.length === 0 ? text.item.flagOnly : undefined,
    note: `${text.item.confidence(format.percent(item.confianca))}; ${text.item.seen(format.day(item.desde), item.vezes)}`,
    link: text.item.link(String(item.id)),
    url: item.link,
  }
}

/** Corrections that a load undid: how many, by which load, what became of them, and what to do. */
export function undone({ desfeitas }: Facts, text: MailText, format: MailFormat): View['undone'] {
  if (!desfeitas) return undefined
  const { undone: words } = text
  const { total, refeitas, paradas, vezes, ausentes, cargas, outras, link } = desfeitas
  const told = (n: number, say: (n: number, count: string) => string) =>
    n > 0 ? [say(n, format.number(n))] : []
  return {
    title: words.title(total, format.number(total)),
    lines: [
      ...cargas.map(({ regra, carga, quantas }) =>
        oneLine(words.load(regra, format.number(quantas), carga === null ? undefined : format.time(carga))),
      ),
      ...told(outras, words.others),
      ...told(ausentes, words.gone),
      ...told(refeitas, words.again),
      ...told(paradas, (n, count) => words.stopped(n, count, format.number(vezes))),
      words.todo,
    ],
    link: words.link,
    url: link,
  }
}

export function control(
  { tipo, controle, desfeitas }: Facts,
  text: MailText,
  format: MailFormat,
): View['control'] {
  if (tipo !== 'resumo') return undefined
  const { control: words } = text
  if (!controle) return { rows: [], note: words.none, tone: 'gap' }
  if ('erro' in controle) return { rows: [], note: oneLine(words.failed(controle.erro)), tone: 'bad' }
  const balanced = /^-?0(\.0+)?$/.test(controle.sem_explicacao)
  const row = (label: string, value: string, strong = false) => ({
    label,
    value: format.money(value),
    strong,
  })
  return {
    rows: [
      row(words.before, controle.antes),
      row(words.after, controle.depois),
      row(words.difference, controle.diferenca, true),
      row(words.corrected, controle.corrigido),
      row(words.others, controle.outras),
      row(words.unexplained, controle.sem_explicacao, !balanced),
    ],
    note: !balanced
      ? words.unbalanced(format.money(controle.sem_explicacao))
      : desfeitas
        ? words.undone(desfeitas.total, format.number(desfeitas.total))
        : words.balanced,
    tone: balanced && !desfeitas ? 'good' : 'gap',
  }
}

export function known(facts: Facts, text: MailText, format: MailFormat): Pair[] {
  const { sessao, ausencia, agendamento } = facts
  if (ausencia) return knownOfAbsence(ausencia, text, format)
  if (sessao) return knownOfSession(sessao, text, format)
  return [{ label: text.session.error, value: `${agendamento?.codigo ?? ''} ${agendamento?.mensagem ?? ''}` }]
}

function knownOfSession(session: SessionFacts, text: MailText, format: MailFormat): Pair[] {
  const { session: words } = text
  const { incremental, carregado_desde: since, carregado_ate: until, data_inicio, data_fim } = session
  const loaded = words.loaded(since ? format.time(since) : '…', until ? format.time(until) : '…')
  const booked = words.booked(
    data_inicio ? format.plainDay(data_inicio) : '…',
    data_fim ? format.plainDay(data_fim) : '…',
  )
  return [
    { label: words.id, value: `${session.id}, ${text.sessionStatus(session.status)}` },
    { label: words.window, value: incremental ? loaded : booked },
    { label: words.rows, value: format.number(session.linhas_examinadas) },
    { label: words.mode, value: words[session.modo] },
    { label: words.suppressed, value: format.number(session.suprimidas) },
    { label: words.obsolete, value: format.number(session.obsoletas) },
    { label: words.duration, value: words.seconds(format.number(session.segundos ?? 0)) },
    { label: words.who, value: session.solicitada_por },
  ]
}

function knownOfAbsence(
  { ultima, em_curso, erro_agenda }: NonNullable<Facts['ausencia']>,
  text: MailText,
  format: MailFormat,
): Pair[] {
  const { absence: words } = text
  const state = (row: { id: number; status: string }, when: string | null) =>
    words.state(String(row.id), text.sessionStatus(row.status), when ? format.time(when) : '')
  return [
    { label: words.last, value: ultima ? state(ultima, ultima.fim) : words.none },
    { label: words.running, value: em_curso ? state(em_curso, em_curso.ultima_atividade) : words.notRunning },
    ...(erro_agenda ? [{ label: words.error, value: erro_agenda }] : []),
  ]
}
